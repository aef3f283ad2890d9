using OrtTrainer.Data;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Differentiation;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;
using OrtTrainer.Runtime;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Models;

/// <summary>
/// The loss of a method for sequences that have several rows each, as it reaches the graph: without a model before it,
/// the logits are given.
/// </summary>
internal static class RowLossProbe
{
    private const string Gradient = "gradient";

    /// <summary>What a method makes of targets and a teacher.</summary>
    public static TrainingObjective Objective(
        LossMethod? method, OutputDistribution distribution, TaskTargets targets, TeacherKnowledge? teacher = null)
    {
        LossContext context = new(
            distribution, targets, new ExampleTargets(targets), TotalSteps: 10, StepsPerEpoch: 1, StudentLayers: 2,
            Seed: 1, teacher);
        return method?.Objective(context) ?? context.Objective();
    }

    /// <summary>Loss and the gradient by the logits, in float32 as in a run.</summary>
    /// <param name="objective">The loss.</param>
    /// <param name="logits">Those of the student.</param>
    /// <param name="inputs">The examples, where something looks at them.</param>
    public static (float Loss, float[] Gradient) Run(
        TrainingObjective objective, float[] logits, IReadOnlyList<TokenizedExample>? inputs = null)
    {
        ExampleTargets targets = objective.Targets;
        GraphBuilder g = new("rows");
        PackedModelBuilder m = new(g, training: false);
        Value z = g.Input("z", TensorType.Float("rows", targets.Outputs));
        TotalLoss total = TotalLoss.Build(new LossGraph(g, objective.Distribution, z, m), objective.Terms);
        g.Output(Autodiff.Gradients(g, total.Total, [z])[0], Gradient);
        total.AddOutputs(g);
        PackedBatch batch = new();
        int[] all = [.. Enumerable.Range(0, targets.Count)];
        inputs ??= [.. all.Select(i => targets.FirstRow(i + 1) - targets.FirstRow(i))
            .Select(length => new TokenizedExample(new int[length], new int[length]))];
        batch.Fill(inputs, all, objective);
        HashSet<string> names = [.. g.Inputs.Select(input => input.Name)];
        using GraphSession session = GraphSession.FromBytes(g.ToBytes(), new ExecutionOptions());
        using Binding binding = session.CreateBinding();
        binding.SetInput("z", logits, [batch.Rows, targets.Outputs]);
        if (names.Contains(PackedInputs.Offsets))
        {
            binding.SetInput(PackedInputs.Offsets, batch.Offsets, [batch.Sequences + 1]);
        }

        batch.BindTargets(binding, names);
        binding.SetInput(PackedInputs.LossScale, [objective.MeanScale(all)], []);
        binding.BindOutput(PackedInputs.Loss);
        binding.BindOutput(Gradient);
        binding.Run();
        return (binding.Output(PackedInputs.Loss)[0], binding.Output(Gradient).ToArray());
    }
}
