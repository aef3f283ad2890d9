namespace OrtTrainer.Text.Training;

/// <summary>Everything that decides a trained tokenizer. Values are checked as they are set.</summary>
public sealed record TokenizerTrainingOptions
{
    /// <summary>The texts: files in UTF-8, and folders, of which every file is taken but hidden ones; one or
    /// more.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public required IReadOnlyList<string> Corpus
    {
        get;
        init => field = value.Count > 0
            ? value
            : throw new ArgumentException($"{nameof(Corpus)} is empty; give one file or folder of texts or more.");
    }

    /// <summary>How words are cut.</summary>
    public TokenizerKind Kind { get; init; } = TokenizerKind.WordPiece;

    /// <summary>The tokens to have in the end, special ones included, 8 or more.</summary>
    public int VocabularySize { get; init => field = AtLeast(value, 8, nameof(VocabularySize)); } = 30_000;

    /// <summary>The least number of times that a pair occurs to be merged, 1 or more; of no use to Unigram.</summary>
    public int MinFrequency { get; init => field = AtLeast(value, 1, nameof(MinFrequency)); } = 2;

    /// <summary>
    /// The most different characters to have tokens of their own, the most frequent ones, 1 or more; of no use to
    /// byte-level BPE, which has 256 bytes.
    /// </summary>
    public int LimitAlphabet { get; init => field = AtLeast(value, 1, nameof(LimitAlphabet)); } = 1_000;

    /// <summary>Whether texts are lower-cased first, which drops accents too with WordPiece.</summary>
    public bool Lowercase { get; init; }

    /// <summary>The most characters of a token of Unigram, 2 or more.</summary>
    public int MaxPieceLength { get; init => field = AtLeast(value, 2, nameof(MaxPieceLength)); } = 16;

    /// <summary>Threads, 1 or more; they change the time alone.</summary>
    public int Threads { get; init => field = AtLeast(value, 1, nameof(Threads)); } = Environment.ProcessorCount;

    private static int AtLeast(int value, int least, string name) => value >= least
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; expected {least} or more.");
}
