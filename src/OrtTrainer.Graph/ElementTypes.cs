namespace OrtTrainer.Graph;

/// <summary>Properties of <see cref="ElementType"/>.</summary>
public static class ElementTypes
{
    public static bool IsFloatingPoint(this ElementType type) =>
        type is ElementType.Float or ElementType.Double or ElementType.Float16 or ElementType.BFloat16;

    /// <summary>Bytes of one element as ONNX stores them.</summary>
    /// <exception cref="GraphException">The type has no fixed size or is not known here.</exception>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.UInt8 or ElementType.Int8 or ElementType.Bool => 1,
        ElementType.UInt16 or ElementType.Int16 or ElementType.Float16 or ElementType.BFloat16 => 2,
        ElementType.Float or ElementType.Int32 or ElementType.UInt32 => 4,
        ElementType.Double or ElementType.Int64 or ElementType.UInt64 => 8,
        _ => throw new GraphException($"Tensors of element type {type} have no elements of fixed size."),
    };
}
