using System.Diagnostics.CodeAnalysis;
using OrtTrainer.Benchmarking;

namespace OrtTrainer.Benchmarks;

/// <summary>Training steps and the yardstick's passes on the same batches. Times are seconds.</summary>
internal sealed record YardstickResult : StepBenchmarkResult
{
    [SetsRequiredMembers]
    public YardstickResult(StepBenchmarkResult steps, StepTimes times)
        : base(steps)
    {
        YardstickMedian = Median.Of(times.Alternative);
        YardstickTotal = times.Alternative.Sum();
        MedianRatio = Median.Of(times.Step.Zip(times.Alternative, (step, yardstick) => step / yardstick));
    }

    /// <summary>Median of the yardstick's forward and backward pass.</summary>
    public double YardstickMedian { get; }

    /// <summary>Sum of the same.</summary>
    public double YardstickTotal { get; }

    /// <summary>The median over batches of step time by yardstick time.</summary>
    public double MedianRatio { get; }

    /// <summary>The training steps' time over the yardstick's: below 1 is faster.</summary>
    public double Ratio => StepTotal / YardstickTotal;
}
