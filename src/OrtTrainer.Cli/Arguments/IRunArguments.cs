namespace OrtTrainer.Cli.Arguments;

/// <summary>What the options of commands that train a model have in common.</summary>
internal interface IRunArguments
{
    /// <summary>The pre-trained model; null where none is given.</summary>
    public string? Model => Settings.GetValueOrDefault("model");

    /// <summary>The folder to export to; null where none is given.</summary>
    public string? Output => Settings.GetValueOrDefault("out");

    /// <summary>Options from a file; null for none.</summary>
    public string? OptionsFile { get; }

    /// <summary>The run to go on with; null for a new one.</summary>
    public string? Resume { get; }

    /// <summary>Whether the result alone is printed.</summary>
    public bool Quiet { get; }

    /// <summary>Whether events are printed as JSON Lines.</summary>
    public bool Json { get; }

    /// <inheritdoc cref="CommandArguments.Given"/>
    public IReadOnlyList<string> Given { get; }

    /// <inheritdoc cref="CommandArguments.Settings"/>
    public IReadOnlyDictionary<string, string> Settings { get; }
}
