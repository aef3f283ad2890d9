using OrtTrainer.Common;

namespace OrtTrainer.Benchmarking;

/// <summary>What a <see cref="StepBenchmark"/> measured. Times are seconds.</summary>
/// <param name="Batches">Batches timed.</param>
/// <param name="Tokens">Their tokens, padding not counted.</param>
/// <param name="PaddingShare">The share of padding in the same batches as rows of equal length, in [0, 1].</param>
/// <param name="Threads">Threads used.</param>
/// <param name="Kernels">The C# kernels the training graph runs on.</param>
/// <param name="StepMedian">Median of a whole training step: forward, backward, clipping, AdamW and averaging.</param>
/// <param name="StepTotal">Sum of the same.</param>
/// <param name="AveragingSeconds">What averaging adds to a step.</param>
/// <param name="PeakMemory">Bytes resident at most.</param>
/// <param name="Loss">The loss of the last batch: a check that training went on as it should.</param>
internal record StepBenchmarkResult(
    int Batches, long Tokens, double PaddingShare, int Threads, IReadOnlyList<string> Kernels,
    double StepMedian, double StepTotal, double AveragingSeconds, long PeakMemory, float Loss)
{
    public double TokensPerSecond => Tokens / StepTotal;

    /// <summary>Averaging as a share of the step.</summary>
    public double AveragingShare => AveragingSeconds / StepMedian;

    /// <summary>The name of the device that executed.</summary>
    public required string Device { get; init; }

    /// <summary>Shapes that batches are filled up to, to be played back as CUDA graphs; null where they are
    /// not.</summary>
    public int? Buckets { get; init; }

    /// <summary>The padding that fills them up, as a share of all tokens that are computed.</summary>
    public double? BucketPadding { get; init; }

    /// <summary>What was decided while steps ran.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>Where the time goes; null where that was not asked for.</summary>
    public StepProfile? Profile { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
