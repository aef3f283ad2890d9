namespace OrtTrainer.Graph;

/// <summary>What the operands of matrix products are rounded to; products are always summed in float32.</summary>
public enum Precision
{
    /// <summary>Not at all: float32.</summary>
    Fp32,

    /// <summary>bfloat16: the 8 exponent bits of float32, and 8 significant ones.</summary>
    Bf16,
}
