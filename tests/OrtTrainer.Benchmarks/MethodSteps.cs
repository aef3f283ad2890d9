using System.Diagnostics;
using OrtTrainer.Benchmarking;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Randomness;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;
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
        WeightUpdates updates)
    {
        Method = method;
        FineTuneOptions settings = new()
        {
            Model = options.Model, Output = ".", Data = options.Data!, Method = method,
        };
        int depth = model.Architecture.Shape.Layers;
        TeacherKnowledge? teacher =
            method.Loss is { LearnsFromTeacher: true } ? Teacher(model, depth, data, options.Seed) : null;
        TrainingObjective objective = RunObjective.Of(
            settings, settings.Data.Task, data, teacher, (PerEpoch: 1, Total: 2 * options.Batches), depth);
        TrainingGraph graph = TrainingGraph.Build(
            model.Architecture, settings.Data.Task.Head(data.Targets.Outputs), objective);
        _state = new TrainingState(graph.Layout.Weights, new AdamWOptions(), average: null, updates);
        _ = model.Load(graph.Layout, _state.Parameters, options.Seed);
        ExecutionOptions execution = new() { IntraOpThreads = options.Threads, UseKernels = options.Kernels };
        TrainerOptions training = new(options.BatchSize, Accumulation: 1, ClipNorm: 1, options.Seed, execution);
        GradientAccumulator gradients = new(graph, training, objective, _state);
        _trainer = new Trainer(
            training, data.Inputs, gradients, _state, new ConstantSchedule(LearningRate), averaging: null, updates);
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

    /// <summary>A teacher of the student's own size that says anything.</summary>
    private static TeacherKnowledge Teacher(PretrainedModel model, int depth, EncodedDataset data, long seed)
    {
        SeededRandom random = SeededRandom.For((ulong)seed, "teacher");
        float[] outputs = [.. Enumerable.Range(0, data.Source.Count * data.Targets.Outputs)
            .Select(_ => (float)random.NextGaussian())];
        int width = model.Architecture.Shape.Width;
        float[] states = new float[checked(data.Source.Count * depth * width)];
        foreach (ref float state in states.AsSpan())
        {
            state = random.NextFloat() - 0.5f;
        }

        return new(new KeptOutputs(outputs), new LayerStates(states, depth, width));
    }

    public void Dispose()
    {
        _trainer.Dispose();
        _state.Dispose();
    }
}
