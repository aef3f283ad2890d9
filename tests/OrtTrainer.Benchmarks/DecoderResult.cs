using System.Diagnostics.CodeAnalysis;
using OrtTrainer.Benchmarking;

namespace OrtTrainer.Benchmarks;

/// <summary>Training steps of a decoder and those of the plain one on the same batches. Times are seconds.</summary>
internal sealed record DecoderResult : StepBenchmarkResult
{
    /// <param name="steps">The training steps.</param>
    /// <param name="times">Of each batch.</param>
    /// <param name="passes">Forward and backward passes of the plain steps.</param>
    /// <param name="peakWithPlain">Bytes resident at most, of both beside each other.</param>
    [SetsRequiredMembers]
    public DecoderResult(
        StepBenchmarkResult steps, StepTimes times, IReadOnlyList<double> passes, long peakWithPlain)
        : base(steps)
    {
        PlainMedian = Median.Of(times.Alternative);
        PassMedian = Median.Of(passes);
        Ratio = StepTotal / times.Alternative.Sum();
        PassRatio = StepTotal / passes.Sum();
        MedianRatio = Median.Of(times.Step.Zip(times.Alternative, (step, plain) => step / plain));
        PeakWithPlain = peakWithPlain;
    }

    /// <summary>Median of a plain step: its passes, clipping and AdamW.</summary>
    public double PlainMedian { get; }

    /// <summary>Median of its forward and backward pass alone.</summary>
    public double PassMedian { get; }

    /// <summary>The training steps' time over that of the plain steps: below 1 is faster.</summary>
    public double Ratio { get; }

    /// <summary>The median over batches of the same.</summary>
    public double MedianRatio { get; }

    /// <summary>The training steps' time over that of the plain passes alone.</summary>
    public double PassRatio { get; }

    /// <summary>Bytes resident at most while both were there; the plain graph came second.</summary>
    public long PeakWithPlain { get; }
}
