using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Completion;

/// <summary>A shell that can complete command lines.</summary>
/// <param name="Name">The word for it.</param>
/// <param name="Script">Writes the script for a program's commands.</param>
internal sealed record Shell(string Name, Func<string, IReadOnlyList<Verb>, string> Script)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Shell> All { get; } =
    [
        new("bash", BashScript.Of),
        new("zsh", ZshScript.Of),
        new("fish", FishScript.Of),
        new("powershell", PowerShellScript.Of),
    ];
}
