using System.Diagnostics;
using OrtTrainer.Data;
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

namespace OrtTrainer.Benchmarking;

/// <summary>
/// Times whole training steps of several objectives against plain fine-tuning, in turns on the same batches in one
/// process. A teacher's outputs are random numbers here: what they are makes no difference to a step, and running a
/// teacher is no part of one.
/// </summary>
public static class MethodBenchmark
{
    private const double LearningRate = 5e-5;

    /// <summary>Measures.</summary>
    /// <param name="options">Model, data, batches; its yardstick is not used.</param>
    /// <param name="methods">What to compare with plain fine-tuning.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <returns>Plain fine-tuning first, then the methods in order.</returns>
    /// <exception cref="ArgumentException">There is no data, or a method averages: that is not timed here.</exception>
    /// <exception cref="ModelException">The model cannot be used.</exception>
    /// <exception cref="DataFileException">The data cannot be used.</exception>
    public static IReadOnlyList<MethodTime> Run(
        StepBenchmarkOptions options, IReadOnlyList<FineTuneMethod> methods, CancellationToken cancellation = default)
    {
        if (methods.FirstOrDefault(m => m != new FineTuneMethod { Objective = m.Objective }) is { } other)
        {
            throw new ArgumentException(
                $"{other} is more than a loss; only losses are compared here, such as label-smoothing.");
        }

        using PretrainedModel model = PretrainedModel.Open(options.Model);
        EncodedDataset data = BenchmarkData.Read(options, model);
        using ChunkedLoop loop = new(options.Threads);
        FineTuneMethod[] all = [FineTuneMethod.FineTune, .. methods];
        List<Contestant> contestants = [];
        try
        {
            contestants.AddRange(all.Select(method => new Contestant(options, method, model, data, loop)));
            Measure(options.Batches, contestants, cancellation);
        }
        finally
        {
            contestants.ForEach(c => c.Dispose());
        }

        List<double> plain = contestants[0].Seconds;
        return [.. contestants.Select(c => new MethodTime(
            c.Method.ToString(), Median.Of(c.Seconds), c.Seconds.Sum() / plain.Sum(),
            Median.Of(c.Seconds.Zip(plain, (own, other) => own / other))))];
    }

    private static void Measure(int batches, List<Contestant> contestants, CancellationToken cancellation)
    {
        // As many untimed: the first batches of every length make the runtime allocate.
        for (int i = -batches; i < batches; i++)
        {
            cancellation.ThrowIfCancellationRequested();

            // Each goes first in turn, which shares out what one leaves behind for the next in caches and clock rate.
            for (int j = 0; j < contestants.Count; j++)
            {
                contestants[(j + i + batches) % contestants.Count].Step(timed: i >= 0);
            }
        }
    }

    /// <summary>A method with weights, moments and session of its own.</summary>
    private sealed class Contestant : IDisposable
    {
        private readonly TrainingState _state;
        private readonly Trainer _trainer;

        public Contestant(
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
            PackedGraph graph = TrainingGraph.Build(model.Architecture, model.Config,
                settings.Data.Task.Distribution, data.Targets.Outputs, agreement: objective.IsTwofold,
                maps: layers is null ? null : new LayerMaps(layers.Width, settings.Rail.MapWidth));
            _state = new TrainingState(graph.Layout.ToFlat(), new AdamWOptions(), average: null, loop);
            _ = model.Load(graph.Layout, _state.Parameters.Slice, options.Seed);
            ExecutionOptions execution = new() { IntraOpThreads = options.Threads, UseKernels = options.Kernels };
            TrainerOptions training = new(options.BatchSize, Accumulation: 1, ClipNorm: 1, options.Seed, execution);
            IGradientSource gradients = RunGradients.Of(settings, model, graph.Layout, _state,
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
            int depth = model.Config.GetInt("num_hidden_layers");
            int width = model.Config.GetInt("hidden_size");
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
}
