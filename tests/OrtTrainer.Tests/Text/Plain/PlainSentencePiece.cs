using OrtTrainer.Tests.Text.Loading;
using OrtTrainer.Text;
using OrtTrainer.Text.Loading;
using OrtTrainer.Text.PostProcessing;

namespace OrtTrainer.Tests.Text.Plain;

/// <summary>
/// SentencePiece (Kudo and Richardson, 2018): blanks are written as a visible mark before the word they precede, and
/// one is put before the first.
/// </summary>
internal abstract class PlainSentencePiece : PlainTokenizer
{
    protected const string Unknown = "<unk>";
    private const char Mark = '▁';

    /// <summary>Never a blank at the ends or beside another.</summary>
    public override IReadOnlyList<string> Alphabet { get; } = ["a", "b", "c", "ab", "a c", "b a", "c ab", "a b"];

    /// <summary>The pieces after the special ones, each with its score.</summary>
    protected abstract IReadOnlyList<(string Text, float Score)> Pieces { get; }

    /// <summary>1 for a unigram model, 2 for byte-pair encoding.</summary>
    protected abstract int ModelType { get; }

    public override Tokenizer Load()
    {
        using TinyTokenizer files = new();
        File.WriteAllBytes(files["spiece.model"], TinySentencePiece.Model(ModelType,
        [
            .. Special.Select(token => TinySentencePiece.Piece(token, 0, kind: 3)),
            TinySentencePiece.Piece(Unknown, 0, kind: 2),
            .. Pieces.Select(piece => TinySentencePiece.Piece(piece.Text, piece.Score)),
        ]));
        return new Tokenizer(SentencePieceFolder.ReadModel(files["spiece.model"]) with
        {
            Template = SequenceTemplate.Bert(cls: 0, sep: 1),
        });
    }

    public override IEnumerable<PlainToken> Tokens(string text)
    {
        int start = 0;
        foreach (string word in text.Split(' '))
        {
            int at = 0;
            foreach (string part in Parts(Mark + word))
            {
                yield return new PlainToken(IdOf(part), Place(at, start).Start, Place(at + part.Length - 1, start).End);
                at += part.Length;
            }

            start += word.Length + 1;
        }
    }

    /// <summary>The parts of a word with its mark.</summary>
    protected abstract IEnumerable<string> Parts(string word);

    private int IdOf(string part) =>
        Special.Count + 1 + Pieces.Select(piece => piece.Text).ToList().IndexOf(part);

    /// <summary>
    /// Where a character of a marked word is in the text: the mark is the blank before the word; the first word's lies
    /// on its first character.
    /// </summary>
    private static (int Start, int End) Place(int character, int word)
    {
        int start = Math.Max(word + character - 1, 0);
        return (start, start + 1);
    }
}
