namespace OrtTrainer.Graph;

/// <summary>
/// A precision as a device computes products in it. Where it has products of the type itself, graphs cast operands to
/// it and what comes out back to float32; elsewhere, products are of float32 and their operands rounded. Products of
/// float16 are always of the type itself.
/// </summary>
/// <param name="Precision">Of the operands.</param>
/// <param name="IsNative">Whether the device has products of bfloat16.</param>
public readonly record struct ProductPrecision(Precision Precision, bool IsNative = false)
{
    /// <summary>One of each kind of graphs; TF32 is a setting of a device, whose graphs are those of float32.</summary>
    public static IReadOnlyList<ProductPrecision> All { get; } =
        [Precision.Fp32, Precision.Bf16, new(Precision.Bf16, IsNative: true), Precision.Fp16];

    /// <summary>The type that operands are rounded to.</summary>
    public ElementType Operands => Precision switch
    {
        Precision.Bf16 => ElementType.BFloat16,
        Precision.Fp16 => ElementType.Float16,
        _ => ElementType.Float,
    };

    /// <summary>Whether products themselves are of the type <see cref="Operands"/>, not of float32.</summary>
    public bool IsCast => Precision == Precision.Fp16 || (IsNative && Precision == Precision.Bf16);

    /// <summary>Whether operands are float32 as they are.</summary>
    public bool IsFloat32 => Operands == ElementType.Float;

    /// <summary>
    /// Whether gradients vanish and overflow in the type's range, so that the loss is scaled (Micikevicius et al.,
    /// 2018, section 3.2).
    /// </summary>
    public bool NeedsLossScale => Operands == ElementType.Float16;

    /// <summary>As processors compute it.</summary>
    public static implicit operator ProductPrecision(Precision precision) => new(precision);

    public override string ToString() => (IsCast && Precision == Precision.Bf16 ? "Native" : "") + Precision;
}
