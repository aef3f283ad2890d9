namespace OrtTrainer.Generation;

/// <summary>
/// A decoder that remembers the keys and values of the tokens it has read: rows of texts, to each of which a token is
/// added at a time. Logits, [B, V], may be changed; they are valid until the next call.
/// </summary>
internal abstract class CachedDecoder : IDisposable
{
    /// <summary>Rows at work.</summary>
    public int Rows { get; protected set; }

    /// <summary>Forgets everything and begins texts of prompts, a row each.</summary>
    /// <param name="prompts">Token ids, none empty.</param>
    /// <param name="padId">Fills shorter ones up where rows are padded.</param>
    /// <returns>The logits of what follows each row.</returns>
    public abstract float[] Start(IReadOnlyList<int[]> prompts, long padId);

    /// <summary>Adds a token to each row.</summary>
    /// <param name="ids">[B].</param>
    /// <inheritdoc cref="Start" path="/returns"/>
    public abstract float[] Next(ReadOnlySpan<int> ids);

    /// <summary>Lets rows go on from others: row i from what row <c>sources[i]</c> was.</summary>
    /// <param name="sources">As many as there are to be rows.</param>
    public abstract void Reorder(ReadOnlySpan<int> sources);

    public abstract void Dispose();
}
