namespace OrtTrainer.Packs;

/// <summary>How a pack stores matrices that stay as they are; vectors and what is trained are in float32.</summary>
internal enum FrozenPrecision
{
    /// <summary>As they are, 4 bytes a weight.</summary>
    Fp32,

    /// <summary>In half precision, 2 bytes a weight.</summary>
    Fp16,

    /// <summary>8-bit integers with a float32 scale per row, 1 byte a weight.</summary>
    Int8,
}
