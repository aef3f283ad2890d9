namespace OrtTrainer.Evaluation;

/// <summary>What a model predicts for an example.</summary>
public enum TaskKind
{
    /// <summary>One of K classes.</summary>
    Classification,

    /// <summary>Any subset of K labels.</summary>
    MultiLabel,

    /// <summary>A number.</summary>
    Regression,
}
