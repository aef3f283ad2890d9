namespace OrtTrainer.Tests.Text.Plain;

/// <summary>A unigram model (Kudo, 2018): of all cuts of a word into pieces, the one of the greatest sum of
/// scores.</summary>
internal sealed class PlainUnigram : PlainSentencePiece
{
    protected override int ModelType => 1;

    // Log probabilities of which no two sums over a short word are equal.
    protected override IReadOnlyList<(string Text, float Score)> Pieces { get; } =
    [
        ("▁a", -3.17f), ("▁b", -4.29f), ("▁c", -5.11f), ("a", -3.93f), ("b", -4.61f), ("c", -4.07f), ("ab", -5.83f),
        ("bc", -7.41f), ("▁ab", -6.37f), ("abc", -9.71f), ("ca", -8.23f), ("bab", -9.13f),
    ];

    protected override IEnumerable<string> Parts(string word) =>
        Cuts(word).MaxBy(cut => cut.Sum(part => Pieces.Single(piece => piece.Text == part).Score))!;

    private IEnumerable<string[]> Cuts(string word) => word.Length == 0
        ? [[]]
        : from piece in Pieces
          where word.StartsWith(piece.Text, StringComparison.Ordinal)
          from rest in Cuts(word[piece.Text.Length..])
          select (string[])[piece.Text, .. rest];
}
