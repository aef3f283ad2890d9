using OrtTrainer.Cli.Completion;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>completion</c>.</summary>
internal sealed class CompletionArguments : CommandArguments
{
    public override int Operands => 1;

    public override IReadOnlyList<string> OperandWords => Names;

    /// <summary>The shell.</summary>
    /// <exception cref="UsageException">None is named, or an unknown one.</exception>
    public Shell Shell => Shell.All.FirstOrDefault(shell => shell.Name == Rest.FirstOrDefault())
        ?? throw new UsageException(
            $"the shell is {Rest.FirstOrDefault() ?? "missing"}; expected {string.Join(", ", Names[..^1])} or "
            + $"{Names[^1]}: completion bash.");

    private static string[] Names => [.. Shell.All.Select(shell => shell.Name)];
}
