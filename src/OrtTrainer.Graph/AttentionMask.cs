namespace OrtTrainer.Graph;

/// <summary>Which tokens of its sequence a token attends to; the number is the attribute <c>mask</c> of the fused
/// operators.</summary>
public enum AttentionMask
{
    /// <summary>All of them.</summary>
    Bidirectional = 0,

    /// <summary>Itself and those before it.</summary>
    Causal = 1,
}
