using OrtTrainer.Common;
using OrtTrainer.Runtime;

namespace OrtTrainer.Studies.Soups;

/// <summary>What a soup is made of and where it goes.</summary>
public sealed record SoupOptions
{
    /// <summary>The output folders of finished runs from one pre-trained model: 2 or more, all different.</summary>
    /// <exception cref="ArgumentException">There are fewer, or one stands twice.</exception>
    public required IReadOnlyList<string> Runs { get; init => field = Different(value); }

    /// <summary>A new or empty folder for the exported model.</summary>
    public required string Output { get; init; }

    /// <summary>Which of the runs are taken.</summary>
    public SoupRecipe Recipe { get; init => field = OptionRange.Defined(value); }

    /// <summary>Which of their weights.</summary>
    public SoupWeights Weights { get; init => field = OptionRange.Defined(value); }

    /// <summary>Threads and kernels.</summary>
    public ExecutionOptions Execution { get; init; } = new();

    private static string[] Different(IReadOnlyList<string> runs)
    {
        string[] folders = [.. runs.Select(r => Path.TrimEndingDirectorySeparator(Path.GetFullPath(r)))];
        if (folders.Length < 2)
        {
            throw new ArgumentException(
                $"{nameof(Runs)} has {folders.Length}; a soup needs the folders of 2 or more finished runs.");
        }

        return folders.GroupBy(f => f).FirstOrDefault(g => g.Count() > 1) is { Key: var twice }
            ? throw new ArgumentException($"{nameof(Runs)} has {twice} twice; every run goes in once.")
            : folders;
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
