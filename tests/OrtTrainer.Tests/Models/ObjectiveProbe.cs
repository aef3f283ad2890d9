using OrtTrainer.Data;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Differentiation;
using OrtTrainer.Methods;
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
    public static (float Loss, LossParts Terms, float[] Gradient) Run(
        FineTuneOptions options, EncodedDataset data, float[] logits, float[]? teacher = null, long step = 0)
    {
        TrainingObjective objective = RunObjective.Of(
            options, TaskOf(data.Targets), data,
            teacher is null ? null : new TeacherKnowledge(new KeptOutputs(teacher)), (PerEpoch: 1, Total: 10),
            studentLayers: 2);
        PackedBatch batch = new();
        int[] all = [.. Enumerable.Range(0, data.Source.Count)];
        batch.Fill(data.Inputs, all, objective, step);
        (byte[] model, HashSet<string> inputs, string[] parts) = Compile(objective);
        using GraphSession session = GraphSession.FromBytes(model, new ExecutionOptions());
        using Binding binding = session.CreateBinding();
        binding.SetInput(Logits, logits, [batch.Sequences, data.Targets.Outputs]);
        batch.BindTargets(binding, inputs);
        binding.SetInput(PackedInputs.LossScale, [objective.MeanScale(all)], []);
        foreach (string output in (string[])[PackedInputs.Loss, Gradient, .. parts])
        {
            binding.BindOutput(output);
        }

        binding.Run();
        return (
            binding.Output(PackedInputs.Loss)[0],
            LossParts.Of(
                [.. LossPart.All.Select(part => parts.Contains(part.Output) ? binding.Output(part.Output)[0] : 0)]),
            binding.Output(Gradient).ToArray());
    }

    private static ModelTask TaskOf(TaskTargets targets) => targets switch
    {
        LabelSetTargets => MultiLabelTask.Instance,
        NumberTargets => RegressionTask.Instance,
        _ => ClassificationTask.Instance,
    };

    private static (byte[] Model, HashSet<string> Inputs, string[] Parts) Compile(TrainingObjective objective)
    {
        GraphBuilder g = new("objective");
        Value logits = g.Input(Logits, TensorType.Float("batch", objective.Targets.Outputs));
        TotalLoss loss = TotalLoss.Build(new LossGraph(g, objective.Distribution, logits), objective.Terms);
        g.Output(Autodiff.Gradients(g, loss.Total, [logits])[0], Gradient);
        loss.AddOutputs(g);
        return (g.ToBytes(), [.. g.Inputs.Select(i => i.Name)], [.. loss.Parts.Select(part => part.Part.Output)]);
    }
}
