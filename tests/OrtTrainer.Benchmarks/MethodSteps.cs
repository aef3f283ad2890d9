using System.Diagnostics;
using OrtTrainer.Benchmarking;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Randomness;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Optimizers;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Benchmarks;

/// <summary>A method with weights, moments and session of its own.</summary>
internal sealed class MethodSteps : IDisposable
{
    private const double LearningRate = 5e-5;

    private readonly TrainingState _state;
    private readonly Trainer _trainer;

    public MethodSteps(
        StepBenchmarkOptions options, FineTuneMethod method, PretrainedModel model, EncodedDataset data,
        ChunkedLoop loop)
    {
        Method = method;
        FineTuneOptions settings = new()
        {
            Model = options.Model, Output = ".", Data = options.Data!, Method = method,
        };
        SeededRandom random = SeededRandom.For((ulong)options.Seed, "teacher");
        float[] teacher = [.. Enumerable.Range(0, data.Source.Count * data.Targets.Outputs)
            .Select(_ => (float)random.NextGaussian())];
        LayerTargets? layers =
            method.Objective == ObjectiveKind.RailDistillation ? Layers(model, data, random) : null;
        TrainingObjective objective =
            RunObjective.Of(settings, data, teacher, totalSteps: 2 * options.Batches, layers);
        PackedGraph graph = TrainingGraph.Build(model.Architecture, settings.Data.Task.Distribution,
            settings.Data.Task.Head(data.Targets.Outputs), agreement: objective.IsTwofold,
            maps: layers is null ? null : new LayerMaps(layers.Width, settings.Rail.MapWidth));
        _state = new TrainingState(graph.Layout.ToFlat(), new AdamWOptions(), average: null, loop);
        _ = model.Load(graph.Layout, _state.Parameters.Slice, options.Seed);
        ExecutionOptions execution = new() { IntraOpThreads = options.Threads, UseKernels = options.Kernels };
        TrainerOptions training = new(options.BatchSize, Accumulation: 1, ClipNorm: 1, options.Seed, execution);
        IGradientSource gradients = RunGradients.Of(settings, graph.Layout, _state,
            new GradientAccumulator(graph, training, objective, _state), loop);
        _trainer = new Trainer(
            training, data.Examples, gradients, _state, new ConstantSchedule(LearningRate), averaging: null, loop);
    }

    public FineTuneMethod Method { get; }

    public List<double> Seconds { get; } = [];

    public void Step(bool timed)
    {
        long started = Stopwatch.GetTimestamp();
        _ = _trainer.Step();
        if (timed)
        {
            Seconds.Add(Stopwatch.GetElapsedTime(started).TotalSeconds);
        }
    }

    /// <summary>The layers of a teacher of the student's own size.</summary>
    private static LayerTargets Layers(PretrainedModel model, EncodedDataset data, SeededRandom random)
    {
        int depth = model.Architecture.Shape.Layers;
        int width = model.Architecture.Shape.Width;
        float[] states = new float[checked(data.Source.Count * depth * width)];
        foreach (ref float state in states.AsSpan())
        {
            state = random.NextFloat() - 0.5f;
        }

        return new(states, depth, width, new LayerDraw(depth - 1, depth - 1, stepsPerEpoch: 1, seed: 0));
    }

    public void Dispose()
    {
        _trainer.Dispose();
        _state.Dispose();
    }
}
