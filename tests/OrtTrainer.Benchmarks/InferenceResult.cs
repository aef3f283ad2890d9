namespace OrtTrainer.Benchmarks;

/// <summary>Several ways from texts to logits on the same batches. Times are seconds.</summary>
/// <param name="Batches">Batches timed.</param>
/// <param name="BatchSize">Texts or pairs in each.</param>
/// <param name="Tokens">Their tokens, padding not counted.</param>
/// <param name="Threads">Threads of each way.</param>
/// <param name="Ways">The ways.</param>
internal sealed record InferenceResult(
    int Batches, int BatchSize, long Tokens, int Threads, IReadOnlyList<InferenceTime> Ways);

/// <summary>The time of a way.</summary>
/// <param name="Name">The way.</param>
/// <param name="BatchMedian">Median of a batch, from texts to logits.</param>
/// <param name="PerToken">All its time over all tokens, padding not counted.</param>
/// <param name="Ratio">The median over batches of plain ONNX Runtime's time over its own: above 1 is faster.</param>
/// <param name="Difference">By how much its logits differ from plain ONNX Runtime's at most.</param>
internal sealed record InferenceTime(
    string Name, double BatchMedian, double PerToken, double Ratio, double Difference);
