namespace OrtTrainer.Cli.Parsing;

/// <summary>Marks an option that may be given several times.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class RepeatedAttribute : Attribute
{
    /// <summary>Stands between the values in the property; no value has a line break.</summary>
    public const char Between = '\n';

    /// <summary>Whether all words up to the next option are values, as a shell makes of a pattern.</summary>
    public bool TakesMany { get; init; }
}
