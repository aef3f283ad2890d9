using OrtTrainer.Benchmarking;

namespace OrtTrainer.Benchmarks.TorchSharp;

/// <summary>Training steps here and in TorchSharp on the same batches. Times are seconds.</summary>
internal sealed record TorchResult : StepBenchmarkResult
{
    public TorchResult(StepBenchmarkResult steps, StepTimes times, TorchSteps torch)
        : base(steps)
    {
        // The first step of all is not timed.
        Variants =
        [
            .. torch.Seconds.Select(variant => (variant.Name, Steps: variant.Steps.Skip(1).ToArray()))
                .Select(variant => new TorchVariant(
                    variant.Name, Median.Of(variant.Steps), variant.Steps.Sum() / times.Step.Sum(),
                    Median.Of(variant.Steps.Zip(times.Step, (other, own) => other / own)))),
        ];
        TorchLoss = torch.Loss;
    }

    /// <summary>PyTorch's ways to attend.</summary>
    public IReadOnlyList<TorchVariant> Variants { get; }

    /// <summary>The last loss there.</summary>
    public float TorchLoss { get; }

    /// <summary>The time of the fastest variant over ours: above 1 is faster here.</summary>
    public double Ratio => Variants.Min(variant => variant.MedianRatio);
}

/// <summary>A variant's steps.</summary>
/// <param name="Name">How it attends.</param>
/// <param name="StepMedian">Its median step.</param>
/// <param name="TotalRatio">All its steps over all of ours.</param>
/// <param name="MedianRatio">The median over batches of its step over ours.</param>
internal sealed record TorchVariant(string Name, double StepMedian, double TotalRatio, double MedianRatio);
