namespace OrtTrainer.Studies.Statistics;

/// <summary>What a comparison with the baseline shows.</summary>
internal enum Verdict
{
    /// <summary>No difference shown: there may be none, or one that these runs are too few to show.</summary>
    NoDifferenceShown,

    /// <summary>The method's mean is higher.</summary>
    Higher,

    /// <summary>The method's mean is lower.</summary>
    Lower,
}
