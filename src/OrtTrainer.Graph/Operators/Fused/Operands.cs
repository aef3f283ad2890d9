using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// The operands of products, rounded to a precision; sums are float32 in each. An operator is one of its own per
/// precision, as a body cannot choose, and what runs anywhere must not need what only few runtimes have.
/// </summary>
internal static class Operands
{
    /// <summary>x rounded to bfloat16 to the nearest, ties to even, in float32.</summary>
    public static FunctionDefinition Rounding { get; } = FunctionDefinition.Parse(
        "RoundToBFloat16(x) => y", "y = Cast<to = 1>(Cast<to = 16>(x))");

    /// <summary>An operand in a body.</summary>
    public static string Rounded(Precision precision, string operand) =>
        precision == Precision.Fp32 ? operand : $"RoundToBFloat16({operand})";

    /// <summary>What the names of operators of a precision end with.</summary>
    public static string Suffix(Precision precision) => precision == Precision.Fp32 ? "" : precision.ToString();
}
