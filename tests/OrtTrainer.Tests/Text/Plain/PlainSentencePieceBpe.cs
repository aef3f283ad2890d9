namespace OrtTrainer.Tests.Text.Plain;

/// <summary>
/// Byte-pair encoding as SentencePiece has it: of all neighbors whose union is a piece, those of the highest score
/// become one, the leftmost first, until there are none.
/// </summary>
internal sealed class PlainSentencePieceBpe : PlainSentencePiece
{
    protected override int ModelType => 2;

    // A merge's score is its place in training, as a negative number.
    protected override IReadOnlyList<(string Text, float Score)> Pieces { get; } =
    [
        ("ab", -1), ("▁a", -2), ("bc", -3), ("▁ab", -4), ("ca", -5), ("abc", -6), ("aa", -7), ("▁", -8), ("a", -9),
        ("b", -10), ("c", -11),
    ];

    protected override IEnumerable<string> Parts(string word)
    {
        List<string> parts = [.. word.Select(character => character.ToString())];
        while (true)
        {
            var merges = from at in Enumerable.Range(0, parts.Count - 1)
                         from piece in Pieces
                         where piece.Text == parts[at] + parts[at + 1]
                         orderby piece.Score descending, at
                         select (at, piece.Text);
            if (!merges.Any())
            {
                return parts;
            }

            (int place, string text) = merges.First();
            parts[place] = text;
            parts.RemoveAt(place + 1);
        }
    }
}
