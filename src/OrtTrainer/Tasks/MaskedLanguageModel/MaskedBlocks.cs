using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks.MaskedLanguageModel;

/// <summary>Blocks with the same tokens masked whenever they are read, to score on.</summary>
/// <param name="blocks">The blocks; disposed with this.</param>
/// <param name="masking">Draws the tokens.</param>
internal sealed class MaskedBlocks(TokenBlocks blocks, TokenMasking masking)
    : IReadOnlyList<TokenizedExample>, IDisposable
{
    /// <inheritdoc/>
    public int Count => blocks.Count;

    /// <inheritdoc/>
    public TokenizedExample this[int index] =>
        masking.Mask(blocks[index], FormattableString.Invariant($"masks to score on, {index}"));

    /// <inheritdoc/>
    public IEnumerator<TokenizedExample> GetEnumerator() =>
        Enumerable.Range(0, Count).Select(index => this[index]).GetEnumerator();

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public void Dispose() => blocks.Dispose();
}
