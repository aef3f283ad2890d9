using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text.Plain;

/// <summary>A token of a text and the characters it stands for.</summary>
internal readonly record struct PlainToken(int Id, int Start, int End);

/// <summary>
/// A tokenizer as its paper tells it, by trying everything: no tries, queues, tables or caches. Texts are of characters
/// of one UTF-16 unit.
/// </summary>
internal abstract class PlainTokenizer
{
    private const int FirstToken = 0;
    private const int LastToken = 1;

    /// <summary>What begins an input and what ends a text; the first tokens of every vocabulary here.</summary>
    protected static IReadOnlyList<string> Special { get; } = ["[CLS]", "[SEP]"];

    /// <summary>What texts for it are made of.</summary>
    public abstract IReadOnlyList<string> Alphabet { get; }

    /// <summary>How many tokens end the first of two texts.</summary>
    protected virtual int Separators => 1;

    /// <summary>The type of the second text's tokens.</summary>
    protected virtual int SecondType => 1;

    /// <summary>The engine's tokenizer with the same vocabulary.</summary>
    public abstract Tokenizer Load();

    /// <summary>The tokens of a text, without special ones.</summary>
    public abstract IEnumerable<PlainToken> Tokens(string text);

    /// <summary>
    /// One text or two with special tokens around them, cut to a length: tokens go one by one from the end of the
    /// longer text; of two as long as each other, from that which was the shorter one, or the first.
    /// </summary>
    public (PlainToken Token, int Type)[] Encode(string text, string? pair, int? maxLength)
    {
        List<PlainToken> first = [.. Tokens(text)];
        List<PlainToken> second = pair is null ? [] : [.. Tokens(pair)];
        int special = pair is null ? 2 : 2 + Separators;
        bool secondIsLonger = second.Count >= first.Count;
        while (first.Count + second.Count + special > maxLength)
        {
            bool cutFirst = first.Count == second.Count ? secondIsLonger : first.Count > second.Count;
            List<PlainToken> cut = cutFirst ? first : second;
            cut.RemoveAt(cut.Count - 1);
        }

        PlainToken cls = new(FirstToken, 0, 0);
        PlainToken sep = new(LastToken, 0, 0);
        IEnumerable<(PlainToken, int)> one = first.Prepend(cls).Append(sep).Select(token => (token, 0));
        return pair is null
            ? [.. one]
            : [.. one, .. Enumerable.Repeat((sep, SecondType), Separators - 1),
                .. second.Append(sep).Select(token => (token, SecondType))];
    }
}
