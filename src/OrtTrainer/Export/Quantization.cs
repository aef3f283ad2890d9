namespace OrtTrainer.Export;

/// <summary>What an export writes beside the float32 graph.</summary>
internal enum Quantization
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>A graph with int8 weights, see <see cref="Int8Graph"/>.</summary>
    Int8,
}
