using OrtTrainer.Data;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Differentiation;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Tests.Tasks;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Models;

/// <summary>
/// The loss of a run as it reaches the graph, without a model before it: options and labels go the way of a real run,
/// the logits are given.
/// </summary>
internal static class ObjectiveProbe
{
    private const string Logits = "logits";
    private const string Gradient = "gradient";

    /// <summary>A data set of texts that do not matter.</summary>
    public static EncodedDataset Data(ModelTask task, int outputs, IReadOnlyList<string> labels)
    {
        LabelMap map = LabelMap.OfModel([.. Enumerable.Range(0, outputs).Select(k => $"class{k}")]);
        Example[] rows = [.. labels.Select((label, i) => new Example("text", null, label, i + 2))];
        return Scored.Encoded(task.Label("train", rows, task.LabelsOf(map.Names)));
    }

    /// <summary>Loss, its parts and the gradient by the logits, all in float32 as in a run.</summary>
    public static (float Loss, LossTerms Terms, float[] Gradient) Run(
        FineTuneOptions options, EncodedDataset data, float[] logits, float[]? teacher = null, long step = 0)
    {
        ModelTask task = TaskOf(data.Targets);
        TrainingObjective objective = RunObjective.Of(
            options with { Data = options.Data with { Task = task } }, data, teacher, totalSteps: 10);
        PackedBatch batch = new();
        int[] all = [.. Enumerable.Range(0, data.Source.Count)];
        batch.Fill(data.Examples, all, objective);
        (byte[] model, HashSet<string> inputs) = Compile(task, data.Targets.Outputs, objective.IsTwofold);
        using GraphSession session = GraphSession.FromBytes(model, new ExecutionOptions());
        using Binding binding = session.CreateBinding();
        binding.SetInput(Logits, logits, [batch.Sequences, data.Targets.Outputs]);
        batch.BindTargets(binding, inputs);
        objective.At(step).Bind(binding, inputs);
        binding.SetInput(PackedInputs.LossScale, [objective.MeanScale(all)], []);
        string[] outputs =
            [PackedInputs.Loss, PackedInputs.LabelLoss, PackedInputs.TeacherLoss, PackedInputs.PenaltyLoss, Gradient];
        foreach (string output in outputs)
        {
            binding.BindOutput(output);
        }

        binding.Run();
        float[] losses = [.. outputs.SkipLast(1).Select(o => binding.Output(o)[0])];
        return (losses[0], new(losses[1], losses[2], losses[3]), binding.Output(Gradient).ToArray());
    }

    private static ModelTask TaskOf(TaskTargets targets) => targets switch
    {
        LabelSetTargets => MultiLabelTask.Instance,
        NumberTargets => RegressionTask.Instance,
        _ => ClassificationTask.Instance,
    };

    private static (byte[] Model, HashSet<string> Inputs) Compile(ModelTask task, int outputs, bool agreement)
    {
        GraphBuilder g = new("objective");
        Value logits = g.Input(Logits, TensorType.Float("batch", outputs));
        ObjectiveGraph objective = ObjectiveGraph.Build(g, task.Distribution, logits, agreement);
        g.Output(Autodiff.Gradients(g, objective.Total, [logits])[0], Gradient);
        g.Output(objective.Total, PackedInputs.Loss);
        g.Output(objective.Labels, PackedInputs.LabelLoss);
        g.Output(objective.Teacher, PackedInputs.TeacherLoss);
        g.Output(objective.Penalty, PackedInputs.PenaltyLoss);
        return (g.ToBytes(), [.. g.Inputs.Select(i => i.Name)]);
    }
}
