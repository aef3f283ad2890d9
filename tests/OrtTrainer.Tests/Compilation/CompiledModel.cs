using OrtTrainer.Compilation;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Randomness;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Tests.Compilation;

/// <summary>A tiny model, graphs that were compiled of it, and the engine's own training of the same.</summary>
internal sealed class CompiledModel : IDisposable
{
    public const int Outputs = 3;

    private readonly TemporaryFolder _folder = new();

    /// <param name="trainLast">The last layers that are trained; null for all.</param>
    /// <param name="dropout">Everywhere; null for the model's own, 0.1.</param>
    public CompiledModel(int? trainLast = null, double? dropout = null)
    {
        TinyBert.Write(_folder.Path, [.. Enumerable.Range(0, 20).Select(i => $"word{i}")]);
        Model = PretrainedModel.Open(_folder.Path, dropout: dropout);
        Options = new CompileOptions
        {
            Model = _folder.Path, Labels = Outputs, TrainLast = trainLast, Dropout = dropout,
        };
        GraphCompiler.Compile(Options, Folder);
        SeededRandom random = new(8);
        Examples = [.. Enumerable.Range(0, 11).Select(_ => Example(random))];
    }

    /// <summary>Where the graphs are.</summary>
    public string Folder => _folder.File("graphs");

    /// <summary>The weights.</summary>
    public string Weights => _folder.File("model.safetensors");

    public PretrainedModel Model { get; }

    public CompileOptions Options { get; }

    public TokenizedExample[] Examples { get; }

    public TrainingObjective Objective { get; } = new(
        OutputDistribution.Categorical,
        new ExampleTargets(new ClassTargets([.. Enumerable.Range(0, 11).Select(i => i % Outputs)], Outputs)));

    public WeightUpdates Updates { get; } = Device.Default.CreateUpdates(threads: 2);

    /// <summary>What a session of any ONNX Runtime is: without kernels of ours.</summary>
    public static ExecutionOptions Stock { get; } = new() { IntraOpThreads = 2, UseKernels = false };

    /// <summary>Examples per step; the last of an epoch has fewer.</summary>
    public static int BatchSize => 4;

    /// <summary>The losses of the engine's own graph, with its kernels.</summary>
    public float[] EngineLosses(int steps)
    {
        LastLayers? plan =
            Options.TrainLast is { } last ? LastLayers.Of(Model.Architecture, last) : null;
        ModelHead head = new SequenceHead(Outputs);
        TrainingGraph graph = TrainingGraph.Build(Model.Architecture, head, Objective, plan: plan);
        ParameterLayout whole = PackedGraph.Evaluation(Model.Architecture, head).Layout;
        using TrainingState state = new(graph.Layout.Weights, new AdamWOptions(), average: null, Updates)
        {
            Adapted = plan is null ? null : new AdaptedWeights(graph, whole, Device.Default),
        };
        _ = state.Adapted?.Load(Model, state.Parameters, seed: 1, outputs: null)
            ?? Model.Load(graph.Layout, state.Parameters, seed: 1);
        return Losses(graph, state, new ExecutionOptions { IntraOpThreads = 2 }, steps);
    }

    /// <summary>The losses of a graph.</summary>
    public float[] Losses(TrainingGraph graph, TrainingState state, ExecutionOptions execution, int steps)
    {
        TrainerOptions options = new(BatchSize, Accumulation: 1, ClipNorm: 1, Seed: 1, execution);
        using Trainer trainer = new(
            options, Examples, new GradientAccumulator(graph, options, Objective, state), state,
            new ConstantSchedule(1e-3), averaging: null, Updates);
        return [.. Enumerable.Range(0, steps).Select(_ => trainer.Step().Loss)];
    }

    public void Dispose()
    {
        Updates.Dispose();
        Model.Dispose();
        _folder.Dispose();
    }

    private static TokenizedExample Example(SeededRandom random)
    {
        int[] ids = [2, .. Enumerable.Range(0, 1 + random.NextInt(9)).Select(_ => 5 + random.NextInt(20)), 3];
        return new TokenizedExample(ids, new int[ids.Length]);
    }
}
