using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>What the options of commands that train a model have in common.</summary>
internal interface IRunArguments
{
    /// <summary>The pre-trained model; null where none is given.</summary>
    public string? Model => Settings.GetValueOrDefault("model");

    /// <summary>The folder to export to; null where none is given.</summary>
    public string? Output => Settings.GetValueOrDefault("out");

    /// <summary>Options from a file; null for none.</summary>
    [Option("options", MetaValue = "F.json",
        HelpText = "options from a file, named as in a run's options.json; the command line wins")]
    public string? OptionsFile { get; set; }

    /// <summary>The run to go on with; null for a new one.</summary>
    [Option("resume", MetaValue = "[DIR]",
        HelpText = "go on with the interrupted run in DIR (or --out), with its options")]
    [OptionalValue]
    public string? Resume { get; set; }

    /// <summary>What joins the processes that share the run; null where this one has it to itself.</summary>
    [Option("distributed", MetaValue = "mpi", HelpText = "share the run with the other processes that mpirun started")]
    public string? Distributed { get; set; }

    /// <summary>How buffers of devices go from process to process; null for what there is.</summary>
    [Option("exchange", MetaValue = "WORD",
        HelpText = "how ranks on devices send: auto (default), nccl or host, through the host's memory")]
    public string? Exchange { get; set; }

    /// <summary>Whether the result alone is printed.</summary>
    [Option("quiet", HelpText = "print the result only")]
    public bool Quiet { get; set; }

    /// <summary>Whether events are printed as JSON Lines.</summary>
    [Option("json", HelpText = "print events as JSON Lines, nothing else")]
    public bool Json { get; set; }

    /// <inheritdoc cref="CommandArguments.Given"/>
    public IReadOnlyList<string> Given { get; }

    /// <inheritdoc cref="CommandArguments.Settings"/>
    public IReadOnlyDictionary<string, string> Settings { get; }
}
