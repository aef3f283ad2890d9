using OrtTrainer.Common;

namespace OrtTrainer.Benchmarks;

/// <summary>Several ways to write the same tokens.</summary>
/// <param name="BatchSize">Texts at a time.</param>
/// <param name="PromptTokens">The mean of a prompt.</param>
/// <param name="NewTokens">Tokens written behind each.</param>
/// <param name="Threads">Threads of each way.</param>
/// <param name="Ways">The ways.</param>
internal sealed record GenerationResult(
    int BatchSize, double PromptTokens, int NewTokens, int Threads, IReadOnlyList<GenerationTime> Ways)
{
    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}

/// <summary>The time of a way.</summary>
/// <param name="Name">The way.</param>
/// <param name="Rounds">Batches it wrote.</param>
/// <param name="PerSecond">Tokens a second by the median batch, prompts read in the same time.</param>
/// <param name="Ratio">The median over batches of plain ONNX Runtime's time over its own: above 1 is faster.</param>
/// <param name="SameTexts">The share of texts that are plain ONNX Runtime's, token by token.</param>
internal sealed record GenerationTime(string Name, int Rounds, double PerSecond, double Ratio, double SameTexts);
