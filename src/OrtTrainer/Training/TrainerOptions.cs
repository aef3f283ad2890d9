using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Buckets;

namespace OrtTrainer.Training;

/// <summary>What a <see cref="Trainer"/> needs to know beside its parts.</summary>
/// <param name="BatchSize">Examples per forward and backward pass, 1 or more.</param>
/// <param name="Accumulation">Passes per optimizer step, 1 or more.</param>
/// <param name="ClipNorm">The largest global gradient norm let through; null for no clipping.</param>
/// <param name="Seed">Fixes order and dropout.</param>
/// <param name="Execution">Threads and kernels.</param>
internal sealed record TrainerOptions(
    int BatchSize, int Accumulation, double? ClipNorm, long Seed, ExecutionOptions Execution)
{
    /// <summary>How many inputs an example has where they stay together in a batch, as the texts of a pair
    /// do.</summary>
    public int GroupSize { get; init; } = 1;

    /// <summary>Passes whose examples are sorted by length among themselves; null for any length in a
    /// pass.</summary>
    public int? BatchByLength { get; init; }

    /// <summary>How passes are recorded and played back; null where they are not.</summary>
    public RunRecording? Recording { get; init; }

    /// <summary>How often each input is drawn, in proportion; null where every one comes once in an
    /// epoch.</summary>
    public double[]? SampleWeights { get; init; }

    /// <summary>Inputs per forward and backward pass.</summary>
    public int PerPass => checked(BatchSize * GroupSize);

    /// <summary>Inputs per optimizer step.</summary>
    public int PerStep => checked(PerPass * Accumulation);

    /// <summary>Which of the examples each step takes.</summary>
    public EpochOrder OrderOf(IReadOnlyList<TokenizedExample> examples) => new(
        examples.Count, PerStep, Seed, GroupSize,
        BatchByLength is { } passes ? LengthWindows.Of(examples, GroupSize, BatchSize, passes) : null, SampleWeights);
}
