namespace OrtTrainer.Text;

/// <summary>A tokenized text or pair of texts: one entry per token in every list.</summary>
public sealed class Encoding
{
    /// <summary>The word id of a special token that the tokenizer put there.</summary>
    public const int NoWord = -1;

    internal Encoding(int capacity)
    {
        IdList = new List<int>(capacity);
        TypeIdList = new List<int>(capacity);
        SpecialList = new List<int>(capacity);
        OffsetList = new List<TextRange>(capacity);
        WordIdList = new List<int>(capacity);
    }

    /// <summary>The token ids.</summary>
    public IReadOnlyList<int> Ids => IdList;

    /// <summary>Token types: as a rule 0, and 1 for the second text of a pair.</summary>
    public IReadOnlyList<int> TypeIds => TypeIdList;

    /// <summary>1 for special tokens that the tokenizer put around the text, 0 for tokens of the text.</summary>
    public IReadOnlyList<int> SpecialTokensMask => SpecialList;

    /// <summary>
    /// The range of the original text that each token stands for, half-open, in Unicode code points of its own text
    /// (first or second); (0, 0) for special tokens.
    /// </summary>
    public IReadOnlyList<TextRange> Offsets => OffsetList;

    /// <summary>
    /// The index of the word, in its own text, that each token belongs to; <see cref="NoWord"/> for special tokens.
    /// </summary>
    public IReadOnlyList<int> WordIds => WordIdList;

    /// <summary>
    /// Where truncation cut something off: the further windows over it, each with its special tokens. For a pair of
    /// which both texts were cut, every combination of a window of the first with one of the second.
    /// </summary>
    public IReadOnlyList<Encoding> Overflow { get; internal set; } = [];

    /// <summary>The number of tokens.</summary>
    public int Count => IdList.Count;

    internal List<int> IdList { get; }

    internal List<int> TypeIdList { get; }

    internal List<int> SpecialList { get; }

    internal List<TextRange> OffsetList { get; }

    internal List<int> WordIdList { get; }
}
