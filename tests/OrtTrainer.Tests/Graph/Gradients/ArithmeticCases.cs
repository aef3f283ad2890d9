using OrtTrainer.Graph;

namespace OrtTrainer.Tests.Graph.Gradients;

internal static class ArithmeticCases
{
    private static readonly string[] Binary = ["Add", "Sub", "Mul", "Div", "Pow"];

    private static readonly (string Variant, long[] A, long[] B)[] Shapes =
    [
        ("equal shapes", [2, 3], [2, 3]),
        ("b is a row", [4, 3], [3]),
        ("a is a row", [3], [4, 3]),
        ("b is a number", [2, 3], []),
        ("both are repeated", [2, 1, 3], [4, 1]),
        ("b has size 1 inside", [2, 3, 2], [2, 1, 2]),
    ];

    public static IEnumerable<GradientCase> All =>
    [
        .. from op in Binary
           from shapes in Shapes
           select new GradientCase(op, shapes.Variant, c => c.Graph.Node(op,
               [c.Parameter("a", shapes.A, 0.5f, 2), c.Parameter("b", shapes.B, 0.5f, 2)])),
        .. from op in Binary
           select new GradientCase(op, "named sizes", c => c.Graph.Node(op,
           [
               c.Parameter("a", [2, 3, 4], 0.5f, 2, new("batch", "sequence", 4)),
               c.Parameter("b", [3, 4], 0.5f, 2, new("sequence", 4)),
           ])),
        new("Pow", "integer exponent", c => c.Graph.Node("Pow", [c.Parameter("x", [7], -1, 1), c.Graph.Constant(3L)])),
        .. from op in new[] { "Max", "Min" }
           from shapes in Shapes
           select new GradientCase(op, shapes.Variant, c => Extreme(c, op, shapes.A, shapes.B)),
        new("Max", "three operands", c => c.Graph.Node("Max",
            [c.Apart("a", [3, 4]), Shifted(c, c.Apart("b", [4])), c.Graph.Constant(-0.225f)])),
        .. Softmaxes(),
    ];

    private static Value Extreme(CaseInputs c, string op, long[] a, long[] b) =>
        c.Graph.Node(op, [c.Apart("a", a), Shifted(c, c.Apart("b", b))]);

    /// <summary>Between the values of <see cref="CaseInputs.Apart"/>, so that operands never meet.</summary>
    private static Value Shifted(CaseInputs c, Value x) => c.Graph.Add(x, c.Graph.Constant(-0.05f));

    private static IEnumerable<GradientCase> Softmaxes() =>
        from op in new[] { "Softmax", "LogSoftmax" }
        from axis in new[] { -1L, 1, -3 }
        select new GradientCase(op, $"axis {axis}", c => c.Graph.Node(op,
            [c.Parameter("x", [2, 3, 4], -2, 2, new("batch", 3, "width"))], AttributeList.Empty.With("axis", axis)));
}
