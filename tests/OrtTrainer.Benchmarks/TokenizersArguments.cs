using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Benchmarks;

/// <summary>The options of <c>tokenizers</c>.</summary>
internal sealed class TokenizersArguments : CommandArguments
{
    [Section("Tokenizers")]
    [Option("vocabulary", MetaValue = "F", HelpText = "BERT's vocab.txt")]
    public string? Vocabulary { get; set; }

    [Option("text-file", MetaValue = "F", HelpText = "what to tokenize: UTF-8 text, every line by itself")]
    public string? TextFile { get; set; }

    public string VocabularyFile => Required(Vocabulary, "--vocabulary", "name a vocab.txt");

    public string Text => Required(TextFile, "--text-file", "name a text to tokenize");
}
