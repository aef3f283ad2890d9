using OrtTrainer.Training.Batches;

namespace OrtTrainer.Server.Batching;

/// <summary>A text that waits for the model.</summary>
/// <param name="Request">The request it came with.</param>
/// <param name="Index">Its place there.</param>
/// <param name="Inputs">Its tokens: one input, or several windows.</param>
internal sealed record PendingText(PendingRequest Request, int Index, IReadOnlyList<TokenizedExample> Inputs)
{
    /// <summary>Tokens in all.</summary>
    public int Tokens { get; } = Inputs.Sum(input => input.Tokens);

    /// <summary>Tokens of the longest input.</summary>
    public int Longest { get; } = Inputs.Max(input => input.Tokens);
}
