namespace OrtTrainer.Methods;

/// <summary>
/// Who gets the share that label smoothing takes from the label. For K classes, uniform with epsilon equals others with
/// epsilon (K - 1) / K: for two classes the second is twice as strong.
/// </summary>
public enum SmoothingConvention
{
    /// <summary>All classes alike, the label's own included: <c>(1 - e) onehot + e / K</c> (PyTorch, Hugging
    /// Face).</summary>
    Uniform,

    /// <summary>The other classes only: 1 - e on the label, <c>e / (K - 1)</c> on each other (fairseq; Yuan et al.
    /// 2020).</summary>
    Others,
}
