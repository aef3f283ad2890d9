namespace OrtTrainer.Cli.Parsing;

/// <summary>Marks a command whose options include those that set the library's options of a run.</summary>
/// <param name="sections">The headings of its help, in their order.</param>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class RunSettingsAttribute(params string[] sections) : Attribute
{
    /// <summary>The headings of its help, in their order.</summary>
    public IReadOnlyList<string> Sections { get; } = sections;

    /// <summary>The heading of the settings that the command has; null where it has all.</summary>
    public string? Only { get; init; }
}
