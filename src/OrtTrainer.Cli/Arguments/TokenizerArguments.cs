using CommandLine;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Text.Training;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>tokenizer train</c>.</summary>
internal sealed class TokenizerArguments : CommandArguments
{
    private const string Train = "train";

    [Section("What it becomes and where to")]
    [Option("out", MetaValue = "DIR", HelpText = "folder to write tokenizer.json and the vocabulary files to")]
    public string? Output { get; set; }

    [Option("kind", MetaValue = "KIND",
        HelpText = "word_piece (BERT), byte_level_bpe (RoBERTa) or unigram (default: word_piece)")]
    public string? Kind { get; set; }

    [Option("vocabulary-size", MetaValue = "N", HelpText = "tokens, special ones included (default: 30000)")]
    public int? VocabularySize { get; set; }

    [Option("min-frequency", MetaValue = "N",
        HelpText = "least number of times that a merged pair occurs (default: 2)")]
    public int? MinFrequency { get; set; }

    [Option("limit-alphabet", MetaValue = "N", HelpText = "most characters with tokens of their own (default: 1000)")]
    public int? LimitAlphabet { get; set; }

    [Option("max-piece-length", MetaValue = "N", HelpText = "most characters of a token of unigram (default: 16)")]
    public int? MaxPieceLength { get; set; }

    [Option("lowercase", HelpText = "lower-case texts first")]
    public bool Lowercase { get; set; }

    [Section("Execution and output")]
    [Option("threads", MetaValue = "N", HelpText = "threads (default: all processors)")]
    public int? Threads { get; set; }

    [Option("json", HelpText = "print the result as one JSON object")]
    public bool Json { get; set; }

    public override int Operands => int.MaxValue;

    public override IReadOnlyList<string> OperandWords => ["train"];

    public string OutputFolder => Required(Output, "--out", "give the folder to write the tokenizer to");

    /// <summary>The options as the library takes them.</summary>
    /// <exception cref="UsageException">A value is wrong, or there are no texts.</exception>
    public TokenizerTrainingOptions Options => OptionErrors.Guard(GetType(), () => new TokenizerTrainingOptions
    {
        Corpus = Rest.ToArray() is [Train, _, ..] words
            ? words[1..]
            : throw new UsageException(
                "texts are missing: tokenizer train PATH... --out DIR, files and folders of texts in UTF-8."),
        Kind = Words.Parse<TokenizerKind>("--kind", Kind) ?? TokenizerKind.WordPiece,
        VocabularySize = VocabularySize ?? 30_000,
        MinFrequency = MinFrequency ?? 2,
        LimitAlphabet = LimitAlphabet ?? 1_000,
        MaxPieceLength = MaxPieceLength ?? 16,
        Lowercase = Lowercase,
        Threads = Threads ?? Environment.ProcessorCount,
    });
}
