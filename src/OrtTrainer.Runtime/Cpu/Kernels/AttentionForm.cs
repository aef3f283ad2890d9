namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>The forms of packed attention.</summary>
internal enum AttentionForm
{
    /// <summary>Every head of queries has keys and values of its own.</summary>
    Plain,

    /// <summary>The same with a bias on the scores by distance.</summary>
    Biased,

    /// <summary>Groups of heads of queries share keys and values.</summary>
    Shared,
}
