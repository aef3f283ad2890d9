using System.Globalization;
using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// The operands of products in a precision, in bodies. An operator is one of its own per precision, as a body cannot
/// choose, and what runs anywhere must not need what only few runtimes have.
/// </summary>
internal static class Operands
{
    /// <summary>x rounded to bfloat16 or float16 to the nearest, ties to even, in float32.</summary>
    public static IReadOnlyList<FunctionDefinition> Rounding { get; } =
    [
        FunctionDefinition.Parse("RoundToBFloat16(x) => y", "y = Cast<to = 1>(Cast<to = 16>(x))"),
        FunctionDefinition.Parse("RoundToFloat16(x) => y", "y = Cast<to = 1>(Cast<to = 10>(x))"),
    ];

    /// <summary>An operand in a body, of what the product is of.</summary>
    public static string Rounded(ProductPrecision precision, string operand) =>
        precision.IsCast ? $"Cast<to = {Number(precision)}>({operand})"
        : precision.IsFloat32 ? operand
        : $"RoundTo{precision.Operands}({operand})";

    /// <summary>The same as a value that a body reads more than once.</summary>
    public static string Named(ProductPrecision precision, string operand) =>
        precision.IsCast ? Rounded(precision, operand) : $"Identity({Rounded(precision, operand)})";

    /// <summary>A product of values in float32, in float32, as a body has it.</summary>
    /// <param name="precision">Of its operands.</param>
    /// <param name="left">The left operand.</param>
    /// <param name="right">The right operand.</param>
    /// <param name="bias">What is added within it; null for nothing.</param>
    /// <param name="form">Attributes of Gemm, in their brackets.</param>
    public static string Gemm(
        ProductPrecision precision, string left, string right, string? bias = null, string form = "") =>
        Wide(precision, NarrowGemm(precision, left, right, bias, form));

    /// <summary>A product of operands that are rounded already, in float32.</summary>
    public static string Wide(ProductPrecision precision, string product) =>
        precision.IsCast ? $"Cast<to = 1>({product})"
        : precision.RoundsProducts ? Rounded(precision, product)
        : product;

    /// <summary>What is added to a product within it.</summary>
    public static string Added(ProductPrecision precision, string bias) =>
        precision.IsCast ? Rounded(precision, bias) : bias;

    /// <summary>Statements that make a product h as it is kept for the gradient, of the type of its operands.</summary>
    /// <inheritdoc cref="Gemm"/>
    public static string KeptGemm(
        ProductPrecision precision, string left, string right, string? bias = null, string form = "") =>
        precision.IsCast ? $"h = {NarrowGemm(precision, left, right, bias, form)}"
        : $"inner = {NarrowGemm(precision, left, right, bias, form)}\n"
            + (precision.IsFloat32 ? "h = Identity(inner)" : $"h = Cast<to = {Number(precision)}>(inner)");

    /// <summary>What was kept, in float32.</summary>
    public static string Read(ProductPrecision precision, string value) =>
        precision.IsFloat32 ? value : $"Cast<to = 1>({value})";

    /// <summary>What the names of operators of a precision end with.</summary>
    public static string Suffix(ProductPrecision precision) => precision.IsFloat32 ? "" : precision.ToString();

    private static string NarrowGemm(
        ProductPrecision precision, string left, string right, string? bias, string form) =>
        $"Gemm{form}({Rounded(precision, left)}, {Rounded(precision, right)}"
            + (bias is null ? ")" : $", {Added(precision, bias)})");

    private static string Number(ProductPrecision precision) =>
        ((int)precision.Operands).ToString(CultureInfo.InvariantCulture);
}
