namespace OrtTrainer.Training.Buckets;

/// <summary>
/// A shape that passes are filled up to, by sequences of padding behind their own. Each has one token or more, and all
/// are about as long as one another, so that none is longer than a model takes.
/// </summary>
/// <param name="Tokens">T of every pass, padding counted.</param>
/// <param name="Sequences">B of every pass, padding counted; more than any pass has of its own.</param>
/// <param name="Rows">The most rows of targets of its passes, R, of tokens that were chosen.</param>
internal sealed record Bucket(int Tokens, int Sequences, int Rows)
{
    private readonly long[] _offsets = new long[Sequences + 1];

    /// <summary>Where each sequence starts and the last one ends, those of padding too.</summary>
    /// <param name="offsets">Those of the pass's own, [B + 1].</param>
    /// <returns>[<see cref="Sequences"/> + 1]; the next call changes it.</returns>
    public ReadOnlySpan<long> FillUp(ReadOnlySpan<long> offsets)
    {
        offsets.CopyTo(_offsets);
        int own = offsets.Length - 1, added = Sequences - own;
        long start = offsets[^1];
        for (int i = 1; i <= added; i++)
        {
            _offsets[own + i] = start + ((Tokens - start) * i / added);
        }

        return _offsets;
    }

    /// <summary>Whether a pass fits, with a token for each sequence of padding.</summary>
    public bool Fits(PassSize size) =>
        size.Sequences < Sequences && size.Tokens + (Sequences - size.Sequences) <= Tokens;
}
