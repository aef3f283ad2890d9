using OrtTrainer.Data;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Differentiation;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
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
    public static EncodedDataset Data(TaskKind task, int outputs, IReadOnlyList<string> labels)
    {
        LabelMap map = LabelMap.OfModel([.. Enumerable.Range(0, outputs).Select(k => $"class{k}")]);
        Example[] rows = [.. labels.Select((label, i) => new Example("text", null, label, i + 2))];
        Dataset data = Dataset.Of("train", rows, task, task == TaskKind.Regression ? null : map);
        TokenizedExample[] examples = [.. Enumerable.Range(0, data.Count).Select(row => new TokenizedExample(
            [0], [0], [.. Enumerable.Range(0, data.Outputs).Select(k => task == TaskKind.Classification
                ? (data.LabelIds[row] == k ? 1f : 0)
                : data.Targets[(row * data.Outputs) + k])]))];
        return new(data, examples, [.. examples.Select(_ => 1)]);
    }

    /// <summary>Loss, its parts and the gradient by the logits, all in float32 as in a run.</summary>
    public static (float Loss, LossTerms Terms, float[] Gradient) Run(
        FineTuneOptions options, EncodedDataset data, float[] logits, float[]? teacher = null, long step = 0)
    {
        TrainingObjective objective = RunObjective.Of(options, data, teacher, totalSteps: 10);
        PackedBatch batch = new();
        int[] all = [.. Enumerable.Range(0, data.Source.Count)];
        batch.Fill(data.Examples, all, objective);
        (byte[] model, HashSet<string> inputs) = Compile(data.Source, objective.IsTwofold);
        using GraphSession session = GraphSession.FromBytes(model, new ExecutionOptions());
        using Binding binding = session.CreateBinding();
        binding.SetInput(Logits, logits, [batch.Sequences, data.Source.Outputs]);
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

    private static (byte[] Model, HashSet<string> Inputs) Compile(Dataset data, bool agreement)
    {
        GraphBuilder g = new("objective");
        Value logits = g.Input(Logits, TensorType.Float("batch", data.Outputs));
        ObjectiveGraph objective = ObjectiveGraph.Build(g, data.Task, logits, agreement);
        g.Output(Autodiff.Gradients(g, objective.Total, [logits])[0], Gradient);
        g.Output(objective.Total, PackedInputs.Loss);
        g.Output(objective.Labels, PackedInputs.LabelLoss);
        g.Output(objective.Teacher, PackedInputs.TeacherLoss);
        g.Output(objective.Penalty, PackedInputs.PenaltyLoss);
        return (g.ToBytes(), [.. g.Inputs.Select(i => i.Name)]);
    }
}
