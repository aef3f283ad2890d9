using OrtTrainer.Common;

namespace OrtTrainer.Diagnosis;

/// <summary>What data are looked at for.</summary>
internal sealed record DiagnosisOptions
{
    /// <summary>The least similarity of near-duplicates, in (0, 1].</summary>
    public double Similarity { get; init => field = OptionRange.Between(value, 1e-3, 1); } =
        NearDuplicateSearch.DefaultThreshold;

    /// <summary>Parts that labels are checked in, each by a classifier that learned from the others; 2 or
    /// more.</summary>
    public int Folds { get; init => field = (int)OptionRange.AtLeast((long)value, 2); } = 5;

    /// <summary>Fixes folds and order.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>Probabilities [N, K] of the training rows by models that did not learn from them; null for those of a
    /// quick classifier.</summary>
    public double[]? Probabilities { get; init; }
}
