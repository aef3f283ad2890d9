namespace OrtTrainer.Benchmarks;

/// <summary>How long the steps of a method take beside those of plain fine-tuning on the same batches.</summary>
/// <param name="Method">The method.</param>
/// <param name="StepMedian">Seconds of a step, the median.</param>
/// <param name="Ratio">All its steps over all plain ones.</param>
/// <param name="MedianRatio">The median of the ratios batch by batch.</param>
internal sealed record MethodTime(string Method, double StepMedian, double Ratio, double MedianRatio);
