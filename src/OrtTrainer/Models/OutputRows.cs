namespace OrtTrainer.Models;

/// <summary>What a row of a head's outputs stands for, and where the rows of an example are.</summary>
internal abstract class OutputRows
{
    private OutputRows()
    {
    }

    /// <summary>A row per sequence: [B, K], packed or padded.</summary>
    public static OutputRows PerSequence { get; } = new Sequences();

    /// <summary>A row per token: [T, K] packed, [B, S, K] padded.</summary>
    public static OutputRows PerToken { get; } = new Tokens();

    /// <summary>
    /// A row per token that was chosen, which are all of them where none were: [R, K] packed, and [B, S, K] padded,
    /// where every token has a row.
    /// </summary>
    public static OutputRows PerChosenToken { get; } = new ChosenTokens();

    /// <summary>What a row is of, in a word of files.</summary>
    public abstract string Word { get; }

    /// <summary>How many rows the outputs of a packed batch have.</summary>
    /// <param name="examples">B.</param>
    /// <param name="tokens">T.</param>
    /// <param name="chosen">The share of tokens that are chosen, where some are.</param>
    public abstract long Count(int examples, long tokens, double chosen);

    /// <summary>The rows of an example in the outputs of a packed batch.</summary>
    /// <param name="example">Its number in the batch, b.</param>
    /// <param name="offsets">Where each sequence starts and the last one ends, [B + 1].</param>
    /// <param name="chosen">Where each sequence's chosen tokens start among all that were chosen, and their number,
    /// [B + 1].</param>
    public abstract (int First, int Count) Packed(
        int example, ReadOnlySpan<long> offsets, ReadOnlySpan<int> chosen);

    /// <summary>The rows of an example in the outputs of a padded batch, padding left out.</summary>
    /// <param name="example">Its number in the batch, b.</param>
    /// <param name="length">Its tokens.</param>
    /// <param name="padded">The tokens of every row with its padding, S.</param>
    public abstract (int First, int Count) Padded(int example, int length, int padded);

    /// <summary>The shape of the outputs of a padded batch.</summary>
    /// <param name="examples">B.</param>
    /// <param name="padded">S.</param>
    /// <param name="outputs">K.</param>
    public abstract long[] PaddedShape(int examples, int padded, int outputs);

    private sealed class Sequences : OutputRows
    {
        public override string Word => "sequence";

        public override long Count(int examples, long tokens, double chosen) => examples;

        public override (int First, int Count) Packed(
            int example, ReadOnlySpan<long> offsets, ReadOnlySpan<int> chosen) => (example, 1);

        public override (int First, int Count) Padded(int example, int length, int padded) => (example, 1);

        public override long[] PaddedShape(int examples, int padded, int outputs) => [examples, outputs];
    }

    private class Tokens : OutputRows
    {
        public override string Word => "token";

        public override long Count(int examples, long tokens, double chosen) => tokens;

        public override (int First, int Count) Packed(
            int example, ReadOnlySpan<long> offsets, ReadOnlySpan<int> chosen) =>
            ((int)offsets[example], (int)(offsets[example + 1] - offsets[example]));

        public override (int First, int Count) Padded(int example, int length, int padded) =>
            (example * padded, length);

        public override long[] PaddedShape(int examples, int padded, int outputs) => [examples, padded, outputs];
    }

    private sealed class ChosenTokens : Tokens
    {
        public override string Word => "chosen_token";

        public override long Count(int examples, long tokens, double chosen) => (long)Math.Ceiling(tokens * chosen);

        public override (int First, int Count) Packed(
            int example, ReadOnlySpan<long> offsets, ReadOnlySpan<int> chosen) =>
            (chosen[example], chosen[example + 1] - chosen[example]);
    }
}
