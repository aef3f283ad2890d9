namespace OrtTrainer.Cli.Parsing;

/// <summary>Starts a section of a command's help: stands on the first option of it.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SectionAttribute(string title) : Attribute
{
    public string Title { get; } = title;
}
