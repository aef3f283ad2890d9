using System.Text.Json;
using System.Text.RegularExpressions;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text.Plain;

/// <summary>
/// Byte-pair encoding of UTF-8 bytes as GPT-2 and RoBERTa have it (Sennrich et al., 2016; Radford et al., 2019): the
/// first merge in the list that applies anywhere is made at its leftmost place, until none applies.
/// </summary>
internal sealed partial class PlainByteLevelBpe : PlainTokenizer
{
    // Bytes that are no visible ASCII have stand-ins: Ġ for the blank, Ã and © for the two bytes of é.
    private static readonly (string Left, string Right)[] Merges =
        [("a", "b"), ("Ġ", "a"), ("Ã", "©"), ("b", "b"), ("Ġa", "b"), ("ab", "Ã©"), ("1", "2"), ("Ġ", "Ġ")];

    private static readonly string[] Vocabulary =
        [.. Special, .. "ab12.'sĠÃ©".Select(c => c.ToString()), .. Merges.Select(merge => merge.Left + merge.Right)];

    public override IReadOnlyList<string> Alphabet { get; } = ["a", "b", "ab", "é", "1", "2", "'s", ".", " ", "  "];

    protected override int Separators => 2;

    protected override int SecondType => 0;

    public override Tokenizer Load() => TinyTokenizer.From(TinyTokenizer.Json(
        JsonSerializer.Serialize(new
        {
            type = "BPE",
            vocab = Vocabulary.Select((token, id) => KeyValuePair.Create(token, id)).ToDictionary(),
            merges = Merges.Select(merge => new[] { merge.Left, merge.Right }),
        }),
        preTokenizer: """{"type": "ByteLevel", "add_prefix_space": false, "trim_offsets": false}""",
        postProcessor: """
            {"type": "RobertaProcessing", "sep": ["[SEP]", 1], "cls": ["[CLS]", 0], "trim_offsets": false,
             "add_prefix_space": false}
            """));

    public override IEnumerable<PlainToken> Tokens(string text) =>
        Words().Matches(text).SelectMany(word => Merged(word.Value, word.Index));

    private static IEnumerable<PlainToken> Merged(string word, int start)
    {
        List<(string Text, int Start, int End)> parts = [.. word.SelectMany((character, i) =>
            StandIns(character).Select(standIn => (standIn.ToString(), start + i, start + i + 1)))];
        while (true)
        {
            int rank = Array.FindIndex(Merges, merge => Place(merge) >= 0);
            if (rank < 0)
            {
                return parts.Select(part => new PlainToken(Array.IndexOf(Vocabulary, part.Text), part.Start, part.End));
            }

            int at = Place(Merges[rank]);
            parts[at] = (parts[at].Text + parts[at + 1].Text, parts[at].Start, parts[at + 1].End);
            parts.RemoveAt(at + 1);
        }

        int Place((string Left, string Right) merge) => Enumerable.Range(0, parts.Count - 1)
            .FirstOrDefault(i => parts[i].Text == merge.Left && parts[i + 1].Text == merge.Right, -1);
    }

    private static string StandIns(char character) => character switch
    {
        ' ' => "Ġ",
        'é' => "Ã©",
        _ => character.ToString(),
    };

    /// <summary>The words of GPT-2, each with the blank before it.</summary>
    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+")]
    private static partial Regex Words();
}
