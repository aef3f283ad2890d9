using OrtTrainer.Graph;

namespace OrtTrainer.Tests.Graph.Gradients;

/// <summary>One use of an operator whose gradient is compared with finite differences.</summary>
/// <param name="Operator">The operator's name in ONNX.</param>
/// <param name="Variant">What is special about the use.</param>
/// <param name="Build">Adds the inputs and the operator; returns the values the loss depends on.</param>
internal sealed record GradientCase(string Operator, string Variant, Func<CaseInputs, IReadOnlyList<Value>> Build)
{
    public GradientCase(string op, string variant, Func<CaseInputs, Value> build)
        : this(op, variant, inputs => [build(inputs)])
    {
    }

    public string Domain { get; init; } = "";

    /// <summary>Largest difference from the quotient, of the largest element or of 1.</summary>
    public double Tolerance { get; init; } = 2e-4;

    /// <summary>Elementwise operators of one operand on an odd number of elements.</summary>
    public static GradientCase Pointwise(string op, float low, float high) =>
        new(op, "", c => c.Graph.Node(op, [c.Parameter("x", [3, 5], low, high)]));

    public override string ToString() => Variant.Length == 0 ? Operator : $"{Operator}, {Variant}";
}
