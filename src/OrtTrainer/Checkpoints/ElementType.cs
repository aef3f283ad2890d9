namespace OrtTrainer.Checkpoints;

/// <summary>How one element of a stored tensor is written. All are little-endian.</summary>
internal enum ElementType
{
    Float64,
    Float32,
    Float16,

    /// <summary>The upper half of a <see cref="Float32"/>.</summary>
    BFloat16,
    Int64,
    Int32,
    Int16,
    Int8,
    UInt64,
    UInt32,
    UInt16,
    UInt8,

    /// <summary>One byte, zero for false.</summary>
    Bool,
}
