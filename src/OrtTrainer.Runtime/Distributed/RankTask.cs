namespace OrtTrainer.Runtime.Distributed;

/// <summary>What the first rank tells the others to do with it.</summary>
public enum RankTask
{
    /// <summary>The run is over.</summary>
    End,

    /// <summary>Take an optimizer step.</summary>
    Step,

    /// <summary>Give the first rank the parts of the average.</summary>
    CollectAverage,

    /// <summary>Give the first rank the parts of the optimizer's state.</summary>
    CollectStates,
}
