namespace OrtTrainer.Studies.Soups;

/// <summary>Which weights of a run go into a soup.</summary>
public enum SoupWeights
{
    /// <summary>Those that the run exported.</summary>
    Exported,

    /// <summary>Those of the last step.</summary>
    Live,

    /// <summary>The average.</summary>
    Averaged,
}
