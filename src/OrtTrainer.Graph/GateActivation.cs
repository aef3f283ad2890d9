namespace OrtTrainer.Graph;

/// <summary>The activations of gated feed-forward operators; their operators' names end with them.</summary>
public enum GateActivation
{
    /// <summary>x Φ(x), by the error function.</summary>
    Gelu,

    /// <summary>GELU by its tanh approximation.</summary>
    GeluTanh,

    /// <summary>x / (1 + e^-x).</summary>
    Silu,
}
