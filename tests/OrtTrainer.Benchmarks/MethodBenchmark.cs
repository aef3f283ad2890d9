using OrtTrainer.Benchmarking;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Benchmarks;

/// <summary>
/// Times whole training steps of several objectives against plain fine-tuning, in turns on the same batches in one
/// process. A teacher's outputs are random numbers here: what they are makes no difference to a step, and running a
/// teacher is no part of one.
/// </summary>
internal static class MethodBenchmark
{
    /// <summary>Measures.</summary>
    /// <param name="options">Model, data and batches.</param>
    /// <param name="methods">What to compare with plain fine-tuning.</param>
    /// <param name="cancellation">Stops between steps.</param>
    /// <returns>Plain fine-tuning first, then the methods in order.</returns>
    /// <exception cref="ArgumentException">There is no data, or a method averages: that is not timed here.</exception>
    /// <exception cref="RunException">The model cannot be used.</exception>
    /// <exception cref="DataFileException">The data cannot be used.</exception>
    public static IReadOnlyList<MethodTime> Run(
        StepBenchmarkOptions options, IReadOnlyList<FineTuneMethod> methods, CancellationToken cancellation = default)
    {
        if (methods.FirstOrDefault(m => m != new FineTuneMethod { Loss = m.Loss }) is { } other)
        {
            throw new ArgumentException(
                $"{other} is more than a loss; only losses are compared here, such as label-smoothing.");
        }

        using PretrainedModel model = PretrainedModel.Open(options.Model);
        EncodedDataset data = BenchmarkData.Read(options, model, cancellation);
        using WeightUpdates updates = Device.Default.CreateUpdates(options.Threads);
        FineTuneMethod[] every = [FineTuneMethod.FineTune, .. methods];
        List<MethodSteps> compared = [];
        try
        {
            compared.AddRange(every.Select(method => new MethodSteps(options, method, model, data, updates)));
            Measure(options.Batches, compared, cancellation);
        }
        finally
        {
            compared.ForEach(c => c.Dispose());
        }

        List<double> plain = compared[0].Seconds;
        return [.. compared.Select(c => new MethodTime(
            c.Method.ToString(), Median.Of(c.Seconds), c.Seconds.Sum() / plain.Sum(),
            Median.Of(c.Seconds.Zip(plain, (own, other) => own / other))))];
    }

    private static void Measure(int batches, List<MethodSteps> compared, CancellationToken cancellation)
    {
        // As many untimed: the first batches of every length make the runtime allocate.
        for (int i = -batches; i < batches; i++)
        {
            cancellation.ThrowIfCancellationRequested();

            // Each goes first in turn, which shares out what one leaves behind for the next in caches and clock rate.
            for (int j = 0; j < compared.Count; j++)
            {
                compared[(j + i + batches) % compared.Count].Step(timed: i >= 0);
            }
        }
    }
}
