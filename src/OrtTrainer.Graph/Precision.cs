namespace OrtTrainer.Graph;

/// <summary>
/// What matrix products are computed in. Weights, moments, sums of gradients and all that is no product are float32 in
/// each.
/// </summary>
public enum Precision
{
    /// <summary>float32.</summary>
    Fp32,

    /// <summary>
    /// TF32: operands of float32, of which tensor cores take 10 bits behind the point; sums in float32.
    /// </summary>
    Tf32,

    /// <summary>bfloat16: the 8 exponent bits of float32, and 8 significant ones; sums in float32.</summary>
    Bf16,

    /// <summary>
    /// float16: 5 exponent bits, so that gradients need a loss that is scaled, and 11 significant ones; sums in
    /// float32.
    /// </summary>
    Fp16,
}
