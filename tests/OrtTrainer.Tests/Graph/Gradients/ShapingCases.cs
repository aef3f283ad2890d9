using OrtTrainer.Graph;

namespace OrtTrainer.Tests.Graph.Gradients;

internal static class ShapingCases
{
    public static IEnumerable<GradientCase> All =>
    [
        new("Reshape", "fixed", c => c.Graph.Reshape(c.Parameter("x", [2, 6]), 3, 4)),
        new("Reshape", "-1 and 0", c => c.Graph.Reshape(c.Parameter("x", [2, 3, 4]), 0, -1)),
        new("Reshape", "one named size", c => c.Graph.Reshape(
            c.Parameter("x", [2, 6], declared: new("batch", 6)), -1, 2, 3)),
        new("Reshape", "two named sizes", c => c.Graph.Reshape(
            c.Parameter("x", [2, 3, 4], declared: new("batch", "sequence", 4)), 0, 0, 2, 2)),
        new("Reshape", "sizes of another value", c => c.Graph.Node("Reshape",
            [c.Parameter("x", [6], declared: new("tokens")),
                c.Graph.ShapeOf(c.Integers("like", new long[6], [2, 3], new("a", "b")))])),
        new("Flatten", "axis 2 of named sizes", c => c.Graph.Node("Flatten",
            [c.Parameter("x", [2, 3, 4], declared: new("batch", "sequence", 4))], AttributeList.Empty.With("axis", 2))),
        new("Transpose", "two axes", c => c.Graph.Transpose(c.Parameter("x", [2, 3]), 1, 0)),
        new("Transpose", "four axes", c => c.Graph.Transpose(
            c.Parameter("x", [2, 3, 2, 2], declared: new("batch", "sequence", 2, 2)), 0, 2, 3, 1)),
        new("Transpose", "default order", c => c.Graph.Node("Transpose", [c.Parameter("x", [2, 3, 4])])),
        new("Unsqueeze", "negative axes", c => c.Graph.Unsqueeze(
            c.Parameter("x", [2, 3], declared: new("n", 3)), -1, 1)),
        new("Squeeze", "negative axis", c => c.Graph.Squeeze(c.Parameter("x", [2, 1, 3, 1]), -1, 1)),
        new("Squeeze", "all of size 1", c => c.Graph.Node("Squeeze", [c.Parameter("x", [2, 1, 3, 1])])),
        new("Expand", "fixed", c => c.Graph.Node("Expand", [c.Parameter("x", [5, 1]), c.Graph.Constant([2, 5, 4])])),
        new("Expand", "to named sizes", c => c.Graph.Node("Expand",
            [c.Parameter("x", [1, 5]), c.Graph.ShapeOf(c.Integers("like", new long[10], [2, 5], new("n", 5)))])),
        new("Tile", "", c => c.Graph.Node("Tile",
            [c.Parameter("x", [2, 3], declared: new("n", 3)), c.Graph.Constant([2, 3])])),
        new("Tile", "as often as a named size", c => c.Graph.Node("Tile",
            [c.Parameter("x", [2, 3], declared: new("n", 3)),
                c.Graph.ShapeOf(c.Integers("like", new long[2], [2, 1], new("m", 1)))])),
        .. from axis in new[] { 0L, 1, -1 }
           select new GradientCase("Concat", $"axis {axis}", c => c.Graph.Concat(axis,
               c.Parameter("a", axis == 0 ? [1, 3] : [2, 1]), c.Parameter("b", axis == 0 ? [2, 3] : [2, 3]))),
        new("Concat", "one value twice", c =>
        {
            Value x = c.Parameter("x", [2, 3]);
            return c.Graph.Concat(0, x, x);
        }),
        new("Concat", "named sizes along the axis", c => c.Graph.Concat(1,
            c.Parameter("a", [2, 1], declared: new("n", 1)), c.Parameter("b", [2, 3], declared: new("n", "m")))),
        new("Split", "sizes", c => c.Graph.NodeOutputs("", "Split",
            [c.Parameter("x", [2, 6]), c.Graph.Constant([1, 2, 3])], AttributeList.Empty.With("axis", -1))),
        new("Split", "number of parts, one unused", c => c.Graph.NodeOutputs("", "Split",
            [c.Parameter("x", [2, 6], declared: new("n", 6))],
            AttributeList.Empty.With("axis", 1).With("num_outputs", 3))
            .Where((_, i) => i != 1).ToArray()),
        new("Pad", "", c => c.Graph.Node("Pad",
            [c.Parameter("x", [2, 3], declared: new("n", 3)), c.Graph.Constant([0, 1, 2, 0])])),
    ];
}
