using System.Text.RegularExpressions;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text.Plain;

/// <summary>
/// WordPiece as BERT has it (Devlin et al., 2019): lower case, words at blanks, every punctuation mark a word, of a
/// word always the longest piece that fits; a word with a rest is unknown as a whole.
/// </summary>
internal sealed class PlainWordPiece : PlainTokenizer
{
    private static readonly string[] Vocabulary =
        [.. Special, "[UNK]", ".", "a", "b", "ab", "aba", "##a", "##b", "##bb", "##abb", "ca", "##c"];

    public override IReadOnlyList<string> Alphabet { get; } = ["a", "B", "b", "A", "c", " ", " ", "."];

    public override Tokenizer Load() => TinyTokenizer.From(TinyTokenizer.Json(
        $$"""
        {"type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
         "vocab": { {{string.Join(", ", Vocabulary.Select((token, id) => $"\"{token}\": {id}"))}} }
        }
        """,
        normalizer: """{"type": "BertNormalizer"}""",
        preTokenizer: """{"type": "BertPreTokenizer"}""",
        postProcessor: """{"type": "BertProcessing", "sep": ["[SEP]", 1], "cls": ["[CLS]", 0]}"""));

    public override IEnumerable<PlainToken> Tokens(string text) =>
        Regex.Matches(text.ToLowerInvariant(), @"\.|[^ .]+").SelectMany(word => Pieces(word.Value, word.Index));

    private static IEnumerable<PlainToken> Pieces(string word, int start)
    {
        List<PlainToken> pieces = [];
        for (int at = 0; at < word.Length; at = pieces[^1].End - start)
        {
            string mark = at == 0 ? "" : "##";
            (int id, int length) = Enumerable.Range(1, word.Length - at).Reverse()
                .Select(length => (Array.IndexOf(Vocabulary, mark + word.Substring(at, length)), length))
                .FirstOrDefault(piece => piece.Item1 >= 0, (-1, 0));
            if (id < 0)
            {
                return [new PlainToken(Array.IndexOf(Vocabulary, "[UNK]"), start, start + word.Length)];
            }

            pieces.Add(new PlainToken(id, start + at, start + at + length));
        }

        return pieces;
    }
}
