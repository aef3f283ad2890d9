namespace OrtTrainer.Graph;

/// <summary>
/// A precision as a device computes products in it. Where it has products of the type itself, graphs cast operands to
/// it and what comes out back to float32. Elsewhere products are of float32 and their operands rounded; of float16, of
/// which no processor has kernels, what comes out is rounded too, as where products are of the type.
/// </summary>
/// <param name="Precision">Of the operands.</param>
/// <param name="IsNative">Whether the device has products of the type.</param>
public readonly record struct ProductPrecision(Precision Precision, bool IsNative = false)
{
    /// <summary>One of each kind of graphs; TF32 is a setting of a device, whose graphs are those of float32.</summary>
    public static IReadOnlyList<ProductPrecision> All { get; } =
    [
        Precision.Fp32, Precision.Bf16, Precision.Fp16, new(Precision.Bf16, IsNative: true),
        new(Precision.Fp16, IsNative: true),
    ];

    /// <summary>The type that operands are rounded to.</summary>
    public ElementType Operands => Precision switch
    {
        Precision.Bf16 => ElementType.BFloat16,
        Precision.Fp16 => ElementType.Float16,
        _ => ElementType.Float,
    };

    /// <summary>Whether operands are float32 as they are.</summary>
    public bool IsFloat32 => Operands == ElementType.Float;

    /// <summary>Whether products themselves are of the type <see cref="Operands"/>, and that is not float32.</summary>
    public bool IsCast => IsNative && !IsFloat32;

    /// <summary>Whether products of float32 are rounded when they are done.</summary>
    public bool RoundsProducts => !IsNative && Precision == Precision.Fp16;

    /// <summary>
    /// Whether gradients vanish and overflow in the type's range, so that the loss is scaled (Micikevicius et al.,
    /// 2018, section 3.2).
    /// </summary>
    public bool NeedsLossScale => Operands == ElementType.Float16;

    /// <summary>As processors compute it.</summary>
    public static implicit operator ProductPrecision(Precision precision) => new(precision);

    public override string ToString() => (IsCast ? "Native" : "") + Precision;
}
