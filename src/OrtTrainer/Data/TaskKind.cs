namespace OrtTrainer.Data;

/// <summary>What a model answers for one text or pair of texts.</summary>
public enum TaskKind
{
    /// <summary>Exactly one label of several.</summary>
    Classification,

    /// <summary>Any number of labels, each on its own.</summary>
    MultiLabel,

    /// <summary>One number.</summary>
    Regression,
}
