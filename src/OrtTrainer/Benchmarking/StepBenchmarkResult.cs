using OrtTrainer.Common;

namespace OrtTrainer.Benchmarking;

/// <summary>What a <see cref="StepBenchmark"/> measured. Times are seconds.</summary>
/// <param name="Batches">Batches timed.</param>
/// <param name="Tokens">Their tokens, padding not counted.</param>
/// <param name="PaddingShare">The share of padding in the same batches as rows of equal length, in [0, 1].</param>
/// <param name="Threads">Threads of each side.</param>
/// <param name="Kernels">The C# kernels the training graph runs on.</param>
/// <param name="StepMedian">Median of a whole training step: forward, backward, clipping, AdamW and averaging.</param>
/// <param name="StepTotal">Sum of the same.</param>
/// <param name="YardstickMedian">Median of the yardstick's forward and backward pass; null without one.</param>
/// <param name="YardstickTotal">Sum of the same.</param>
/// <param name="MedianRatio">The median over batches of step time by yardstick time; null without a yardstick.</param>
/// <param name="AveragingSeconds">What averaging adds to a step.</param>
/// <param name="PeakMemory">Bytes resident at most, before the yardstick was loaded.</param>
/// <param name="Loss">The loss of the last batch: a check that training went on as it should.</param>
public sealed record StepBenchmarkResult(
    int Batches, long Tokens, double PaddingShare, int Threads, IReadOnlyList<string> Kernels,
    double StepMedian, double StepTotal, double? YardstickMedian, double? YardstickTotal, double? MedianRatio,
    double AveragingSeconds, long PeakMemory, float Loss)
{
    /// <summary>Our steps' time over the yardstick's: below 1 is faster.</summary>
    public double? Ratio => StepTotal / YardstickTotal;

    public double TokensPerSecond => Tokens / StepTotal;

    /// <summary>Averaging as a share of the step.</summary>
    public double AveragingShare => AveragingSeconds / StepMedian;

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
