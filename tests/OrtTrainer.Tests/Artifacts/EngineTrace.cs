using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Tests.Models;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Artifacts;

/// <summary>Training of the same model on the same batches by this engine: its packed graph, kernels and
/// optimizers, without dropout.</summary>
internal static class EngineTrace
{
    /// <summary>The loss before each step.</summary>
    /// <param name="golden">The model and its batches, which come in turn.</param>
    /// <param name="steps">How many.</param>
    /// <param name="rate">The learning rate.</param>
    /// <param name="options">The optimizer.</param>
    /// <param name="method">What the loss is; null for that of the labels.</param>
    /// <param name="teacher">The teacher's logits of each batch; null for none.</param>
    /// <param name="isFrozen">Whether a parameter stays as it is; null for none.</param>
    public static double[] Of(
        GoldenModel golden, int steps, double rate, OptimizerOptions options, LossMethod? method = null,
        IReadOnlyList<float[]>? teacher = null, Func<ParameterSpec, bool>? isFrozen = null)
    {
        TrainingObjective[] objectives =
            [.. Enumerable.Range(0, 4).Select(batch => ObjectiveOf(golden, batch, method, teacher?[batch]))];
        ModelHead head = golden.Task.Head(golden.Outputs);
        TrainingGraph graph = TrainingGraph.Build(
            golden.Pretrained.Architecture, head, objectives[0], dropout: false);
        using WeightBuffer parameters = new(Device.Default, graph.Layout.Length);
        using WeightBuffer gradients = new(Device.Default, graph.Layout.Length);
        Assert.That(golden.Pretrained.Load(graph.Layout, parameters, seed: 0), Is.Empty);
        using GradientSession session = new(graph, new ExecutionOptions { IntraOpThreads = 2 }, parameters, gradients);
        using WeightUpdates updates = Device.Default.CreateUpdates(threads: 2);
        WeightLayout layout = graph.Layout.WithRates(
            isFrozen is null ? null : view => view.Parts.Any(isFrozen) ? 0 : 1);
        using Optimizer optimizer = options.Create(updates, layout);
        PackedBatch packed = new();
        double[] losses = new double[steps];
        for (int step = 0; step < steps; step++)
        {
            TokenizedExample[] examples = golden.Batch(step % 4);
            int[] all = [.. Enumerable.Range(0, examples.Length)];
            packed.Fill(examples, all, objectives[step % 4]);
            losses[step] = session.Run(packed, objectives[step % 4].MeanScale(all), default).Total;
            optimizer.Step(new StepInputs { Parameters = parameters, Gradients = gradients, LearningRate = rate });
        }

        return losses;
    }

    private static TrainingObjective ObjectiveOf(GoldenModel golden, int batch, LossMethod? method, float[]? teacher)
    {
        TaskTargets targets = golden.Targets(batch);
        ExampleTargets labels = new(targets);
        LossContext context = new(
            golden.Task.Distribution, targets, labels, TotalSteps: 1, StepsPerEpoch: 1, StudentLayers: 2, Seed: 0,
            teacher is null ? null : new TeacherKnowledge(new KeptOutputs(teacher)));
        return method?.Objective(context) ?? context.Objective(new LabelLoss());
    }
}
