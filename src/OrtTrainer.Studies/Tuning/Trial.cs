using System.Text.Json.Nodes;
using System.Text.Json.Serialization;

namespace OrtTrainer.Studies.Tuning;

/// <summary>A run with settings of its own that a search tries.</summary>
internal sealed record Trial
{
    /// <summary>Counted from 0, which is the default settings.</summary>
    public required int Number { get; init; }

    /// <summary>The settings tried, a part of the options of a run; empty for the defaults.</summary>
    public required JsonObject Settings { get; init; }

    /// <summary>A value for each setting searched; null for one that has no part in this trial.</summary>
    public required IReadOnlyList<double?> Values { get; init; }

    /// <summary>How far it is.</summary>
    public TrialStatus Status { get; init; }

    /// <summary>The score at every rung reached, the lowest first; null for one that is not defined.</summary>
    public IReadOnlyList<double?> Scores { get; init; } = [];

    /// <summary>The step at which it is to pause next; null to run to its end.</summary>
    public long? Until { get; init; }

    /// <summary>Optimizer steps done at the last pause or end.</summary>
    public long Steps { get; init; }

    /// <summary>The exported weights' score on the evaluation data; null before the end, and where it is not
    /// defined.</summary>
    public double? Score { get; init; }

    /// <summary>Seconds it took so far, loading and evaluation included.</summary>
    public double Seconds { get; init; }

    /// <summary>Stretches that it was done in, from a start to a pause or its end.</summary>
    public int Stretches { get; init; }

    /// <summary>Seconds of the search at its end; null before.</summary>
    public double? EndedAt { get; init; }

    /// <summary>Why it failed; null where it did not.</summary>
    public string? Error { get; init; }

    /// <summary>Its folder, relative to the search's.</summary>
    [JsonIgnore]
    public string Folder => $"trials/{Number:000}";
}
