using OrtTrainer.Common;

namespace OrtTrainer.Studies.Flatness;

/// <summary>How flat the loss is round the weights of a run.</summary>
internal sealed record FlatnessReport
{
    /// <summary>The run's folder.</summary>
    public required string Run { get; init; }

    /// <summary>Where the examples come from, in words.</summary>
    public required string Data { get; init; }

    /// <summary>How many examples the loss is the mean of.</summary>
    public required int Examples { get; init; }

    /// <summary>The metric of the scores.</summary>
    public required string Metric { get; init; }

    /// <summary>What was asked for.</summary>
    public required FlatnessOptions Options { get; init; }

    /// <summary>What could not be measured, and why.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>The weights, the live ones first.</summary>
    public required IReadOnlyList<WeightsFlatness> Weights { get; init; }

    /// <summary>The lines from the live weights to each of the others.</summary>
    public required IReadOnlyList<LossLine> Lines { get; init; }

    /// <summary>How long it took.</summary>
    public required double Seconds { get; init; }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
