using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>bench</c>.</summary>
internal sealed class BenchArguments : StepArguments
{
    [Section("Tokenizers")]
    [Option("tokenizer", MetaValue = "DIR", HelpText = "instead of a model: time the tokenizer in a folder")]
    public string? Tokenizer { get; set; }

    [Option("text-file", MetaValue = "F", HelpText = "what to tokenize: UTF-8 text, every line by itself")]
    public string? TextFile { get; set; }

    public string TokenizerText => Required(TextFile, "--text-file", "give a file of UTF-8 text to tokenize");
}
