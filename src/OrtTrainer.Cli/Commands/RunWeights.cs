namespace OrtTrainer.Cli.Commands;

/// <summary>The weights that a run keeps in its folder.</summary>
internal enum RunWeights
{
    /// <summary>Those of the last step.</summary>
    Live,

    /// <summary>The average.</summary>
    Averaged,

    /// <summary>Those with the best score on the evaluation data, where the run kept them.</summary>
    Best,
}
