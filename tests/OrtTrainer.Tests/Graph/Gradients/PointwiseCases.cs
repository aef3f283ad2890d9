using OrtTrainer.Graph;

namespace OrtTrainer.Tests.Graph.Gradients;

internal static class PointwiseCases
{
    public static IEnumerable<GradientCase> All =>
    [
        GradientCase.Pointwise("Identity", -1, 1),
        GradientCase.Pointwise("Neg", -1, 1),
        GradientCase.Pointwise("Reciprocal", 0.5f, 2),
        GradientCase.Pointwise("Exp", -2, 2),
        GradientCase.Pointwise("Log", 0.5f, 3),
        GradientCase.Pointwise("Sqrt", 0.5f, 3),
        GradientCase.Pointwise("Softplus", -3, 3),
        GradientCase.Pointwise("Erf", -2, 2),
        GradientCase.Pointwise("Tanh", -2, 2),
        GradientCase.Pointwise("Sigmoid", -3, 3),
        GradientCase.Pointwise("Sin", -3, 3),
        GradientCase.Pointwise("Cos", -3, 3),
        new("Abs", "", c => c.Graph.Node("Abs", [c.Apart("x", [3, 5])])),
        new("Relu", "", c => c.Graph.Node("Relu", [c.Apart("x", [3, 5])])),
        new("Relu", "named sizes", c => c.Graph.Node("Relu", [c.Apart("x", [3, 5], new("rows", "columns"))])),
        new("Gelu", "exact", c => c.Graph.Node("Gelu", [c.Parameter("x", [3, 5], -3, 3)])),
        new("Gelu", "tanh", c => c.Graph.Node(
            "Gelu", [c.Parameter("x", [3, 5], -3, 3)], AttributeList.Empty.With("approximate", "tanh"))),
        new("Clip", "both bounds", c => c.Graph.Node(
            "Clip", [c.Apart("x", [3, 5]), c.Graph.Constant(-0.3f), c.Graph.Constant(0.4f)])),
        new("Clip", "no lower bound", c => c.Graph.Node("Clip", [c.Apart("x", [3, 5]), null, c.Graph.Constant(0.2f)])),
        new("Clip", "no bounds", c => c.Graph.Node("Clip", [c.Apart("x", [3, 5])])),
        new("Cast", "through double", c => c.Graph.Cast(
            c.Graph.Mul(c.Graph.Cast(c.Parameter("x", [7]), OrtTrainer.Graph.ElementType.Double), Half(c.Graph)),
            OrtTrainer.Graph.ElementType.Float)),
        new("Where", "", c => c.Graph.Where(Mask(c, [2, 3]), c.Parameter("x", [2, 3]), c.Parameter("y", [2, 3]))),
        new("Where", "everything broadcast", c => c.Graph.Where(
            Mask(c, [2, 1, 3]), c.Parameter("x", [4, 1]), c.Parameter("y", [3]))),
        new("Where", "named sizes", c => c.Graph.Where(
            Mask(c, [3]), c.Parameter("x", [2, 3], declared: new("rows", 3)), c.Parameter("y", []))),
        new("Trilu", "upper", c => c.Graph.Node("Trilu", [c.Parameter("x", [2, 3, 4])])),
        new("Trilu", "lower, shifted", c => c.Graph.Node(
            "Trilu", [c.Parameter("x", [3, 4]), c.Graph.Constant(1L)], AttributeList.Empty.With("upper", 0))),
    ];

    private static Value Half(GraphBuilder g) => g.Initializer(TensorContent.Double("half", [], [0.5]));

    /// <summary>Every second element, as Boolean.</summary>
    private static Value Mask(CaseInputs c, long[] sizes)
    {
        long count = sizes.Aggregate(1L, (n, s) => n * s);
        Value bits = c.Integers("mask", [.. Enumerable.Range(0, (int)count).Select(i => i % 2L)], sizes);
        return c.Graph.Cast(bits, OrtTrainer.Graph.ElementType.Bool);
    }
}
