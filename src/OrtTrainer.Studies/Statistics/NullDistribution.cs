namespace OrtTrainer.Studies.Statistics;

/// <summary>What the p value of a rank test was computed from.</summary>
internal enum NullDistribution
{
    /// <summary>All arrangements of different ranks.</summary>
    Exact,

    /// <summary>All arrangements of the ranks as they are, ties sharing the mean of theirs: exact, given the
    /// ties.</summary>
    ExactWithTies,

    /// <summary>The normal distribution with the variance of these ranks: for samples too large to
    /// enumerate.</summary>
    NormalApproximation,
}
