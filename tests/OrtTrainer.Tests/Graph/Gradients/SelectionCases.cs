using OrtTrainer.Graph;

namespace OrtTrainer.Tests.Graph.Gradients;

internal static class SelectionCases
{
    public static IEnumerable<GradientCase> All =>
    [
        new("Slice", "first axis", c => c.Graph.Slice(c.Parameter("x", [4, 3]), 0, 1, 3)),
        new("Slice", "negative bounds", c => c.Graph.Slice(c.Parameter("x", [2, 5]), -1, -4, -1)),
        new("Slice", "beyond the end", c => c.Graph.Slice(c.Parameter("x", [2, 5]), 1, 2, long.MaxValue)),
        new("Slice", "two axes", c => c.Graph.Node("Slice", [c.Parameter("x", [3, 4, 2]), c.Graph.Constant([1, 0]),
            c.Graph.Constant([3, 2]), c.Graph.Constant([1, 0])])),
        new("Slice", "named axis", c => c.Graph.Slice(c.Parameter("x", [4, 3], declared: new("n", 3)), 0, 1, 3)),
        new("Slice", "named axis from the end", c => c.Graph.Slice(
            c.Parameter("x", [4, 3], declared: new("n", 3)), 0, -3, -1)),
        new("Slice", "up to a named size", c => c.Graph.Node("Slice", [c.Parameter("x", [5, 3]), c.Graph.Constant([0]),
            c.Graph.ShapeOf(c.Integers("ids", [1, 2, 3], declared: new("sequence"))),
            c.Graph.Constant([0]), c.Graph.Constant([1])])),
        new("Gather", "repeated rows", c => c.Graph.Gather(c.Parameter("x", [5, 3]), c.Integers("i", [4, 0, 4, 1, 4]))),
        new("Gather", "named number of ids", c => c.Graph.Gather(
            c.Parameter("x", [5, 3]), c.Integers("i", [4, 0, 4, 1], [2, 2], new("batch", "sequence")))),
        new("Gather", "named rows", c => c.Graph.Gather(c.Parameter("x", [5, 3], declared: new("tokens", 3)),
            c.Integers("i", [4, 0, 4], declared: new("batch")))),
        new("Gather", "one column", c => c.Graph.Gather(
            c.Parameter("x", [2, 3, 4], declared: new("batch", "sequence", 4)), c.Graph.Constant(0L), 1)),
        new("Gather", "the last column", c => c.Graph.Gather(
            c.Parameter("x", [2, 3, 4], declared: new("batch", "sequence", 4)), c.Graph.Constant(-1L), 1)),
        new("Gather", "axis 1, repeated", c => c.Graph.Gather(
            c.Parameter("x", [2, 3, 2]), c.Integers("i", [2, 2, 0], [3]), 1)),
        new("Gather", "last axis, two axes of indices", c => c.Graph.Gather(
            c.Parameter("x", [2, 4], declared: new("n", 4)), c.Integers("i", [0, 3, 3, 1], [2, 2]), -1)),
        new("Gather", "from a list", c => c.Graph.Gather(c.Parameter("x", [6]), c.Integers("i", [5, 5, 0, 2, 5]))),
        .. from axis in new[] { 0L, -1 }
           select new GradientCase("GatherElements", $"axis {axis}", c => c.Graph.Node("GatherElements",
               [c.Parameter("x", [3, 3], declared: new("n", 3)), c.Integers("i", [0, 2, 2, 1, 2, 0], [2, 3])],
               AttributeList.Empty.With("axis", axis))),
        .. from reduction in new[] { "none", "add" }
           select new GradientCase("ScatterElements", reduction, c => c.Graph.Node("ScatterElements",
               [c.Parameter("x", [3, 3]), c.Integers("i", [0, 2, 2, 1], [2, 2]), c.Parameter("updates", [2, 2])],
               AttributeList.Empty.With("axis", 1).With("reduction", reduction))),
    ];
}
