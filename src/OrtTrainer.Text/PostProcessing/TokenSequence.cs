namespace OrtTrainer.Text.PostProcessing;

/// <summary>The tokens of one text, before special tokens are put around them.</summary>
internal sealed class TokenSequence
{
    private readonly List<int> _ids = [];
    private readonly List<TextRange> _offsets = [];
    private readonly List<int> _wordIds = [];

    /// <summary>The number of tokens.</summary>
    public int Count => _ids.Count;

    /// <summary>The token ids.</summary>
    public IReadOnlyList<int> Ids => _ids;

    /// <summary>The range of the text that each token stands for.</summary>
    public IReadOnlyList<TextRange> Offsets => _offsets;

    /// <summary>The word each token belongs to.</summary>
    public IReadOnlyList<int> WordIds => _wordIds;

    /// <summary>Appends a token.</summary>
    public void Add(int id, TextRange offset, int wordId)
    {
        _ids.Add(id);
        _offsets.Add(offset);
        _wordIds.Add(wordId);
    }
}
