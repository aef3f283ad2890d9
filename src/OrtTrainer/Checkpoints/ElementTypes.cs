namespace OrtTrainer.Checkpoints;

/// <summary>Sizes of element types and their names in safetensors headers.</summary>
internal static class ElementTypes
{
    private static readonly Dictionary<string, ElementType> BySafetensorsName = new()
    {
        ["F64"] = ElementType.Float64,
        ["F32"] = ElementType.Float32,
        ["F16"] = ElementType.Float16,
        ["BF16"] = ElementType.BFloat16,
        ["I64"] = ElementType.Int64,
        ["I32"] = ElementType.Int32,
        ["I16"] = ElementType.Int16,
        ["I8"] = ElementType.Int8,
        ["U64"] = ElementType.UInt64,
        ["U32"] = ElementType.UInt32,
        ["U16"] = ElementType.UInt16,
        ["U8"] = ElementType.UInt8,
        ["BOOL"] = ElementType.Bool,
    };

    private static readonly Dictionary<ElementType, string> SafetensorsNames =
        BySafetensorsName.ToDictionary(pair => pair.Value, pair => pair.Key);

    /// <summary>Every name a safetensors header may use, for messages.</summary>
    public static string KnownSafetensorsNames { get; } = string.Join(", ", BySafetensorsName.Keys);

    public static bool TryFromSafetensors(string name, out ElementType type) =>
        BySafetensorsName.TryGetValue(name, out type);

    public static string ToSafetensors(this ElementType type) => SafetensorsNames[type];

    /// <summary>Bytes per element.</summary>
    public static int Size(this ElementType type) => type switch
    {
        ElementType.Float64 or ElementType.Int64 or ElementType.UInt64 => 8,
        ElementType.Float32 or ElementType.Int32 or ElementType.UInt32 => 4,
        ElementType.Float16 or ElementType.BFloat16 or ElementType.Int16 or ElementType.UInt16 => 2,
        _ => 1,
    };
}
