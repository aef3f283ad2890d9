using OrtTrainer.Common;

namespace OrtTrainer.Studies.Soups;

/// <summary>A soup that was made and exported.</summary>
public sealed record SoupResult
{
    /// <summary>The metric of the scores: the one that decided in the first run.</summary>
    public required string Metric { get; init; }

    /// <summary>Examples that decided.</summary>
    public required int Examples { get; init; }

    /// <summary>Which runs were to be taken.</summary>
    public required SoupRecipe Recipe { get; init; }

    /// <summary>Which of their weights.</summary>
    public required SoupWeights Weights { get; init; }

    /// <summary>Every run, in the order given.</summary>
    public required IReadOnlyList<SoupScore> Runs { get; init; }

    /// <summary>The soup's score on the evaluation data of the first run.</summary>
    public required double Score { get; init; }

    /// <summary>All scores of the soup there.</summary>
    public required IReadOnlyDictionary<string, double> Values { get; init; }

    /// <summary>The full path of the exported folder.</summary>
    public required string Output { get; init; }

    /// <summary>Largest difference between the exported file's logits and the training graph's.</summary>
    public required double ExportDifference { get; init; }

    /// <summary>What a person should know about it.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
