using CommandLine;
using OrtTrainer.Hub;

namespace OrtTrainer.Cli.Parsing;

/// <summary>What every command takes.</summary>
internal abstract class CommandArguments
{
    [Section("General")]
    [Option("verbose", HelpText = "with an error, print where it happened; say what predictions run on")]
    public bool Verbose { get; set; }

    /// <summary>How many words that belong to no option the command takes, such as a folder to work on.</summary>
    public virtual int Operands => 0;

    /// <summary>The words that the first of them can be; empty where it is a file, a folder or a name.</summary>
    public virtual IReadOnlyList<string> OperandWords => [];

    /// <summary>What is downloaded of a model on a hub that an option names.</summary>
    public virtual HubContent ModelContent => HubContent.Weights;

    /// <summary>Words that belong to no option.</summary>
    [Value(0, Hidden = true)]
    public IEnumerable<string> Rest { get; set; } = [];

    /// <summary>The names of the options that were given, dashes included.</summary>
    public IReadOnlyList<string> Given { get; set; } = [];

    /// <summary>
    /// The options given that set the library's options of a run, by name without dashes; only of a command with
    /// <see cref="RunSettingsAttribute"/>.
    /// </summary>
    public IReadOnlyDictionary<string, string> Settings { get; set; } = new Dictionary<string, string>();

    /// <summary>An option this command cannot do without.</summary>
    /// <exception cref="UsageException">It was not given.</exception>
    protected static string Required(string? value, string option, string meaning) =>
        value ?? throw new UsageException($"{option} is missing: {meaning}.");
}
