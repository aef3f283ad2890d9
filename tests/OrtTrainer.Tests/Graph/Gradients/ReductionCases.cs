using OrtTrainer.Graph;

namespace OrtTrainer.Tests.Graph.Gradients;

internal static class ReductionCases
{
    private static readonly (string Variant, long[]? Axes, bool Named)[] Axes =
    [
        ("all axes", null, false),
        ("last axis", [-1], false),
        ("first and last axis", [2, 0], false),
        ("named axis", [1], true),
        ("all named axes", [0, -2], true),
    ];

    public static IEnumerable<GradientCase> All =>
        from op in new[] { "ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin" }
        from axes in Axes
        from keep in new[] { true, false }
        select new GradientCase(op, $"{axes.Variant}, {(keep ? "kept" : "dropped")}", c =>
        {
            Value x = c.Apart("x", [2, 3, 4], axes.Named ? new("batch", "sequence", 4) : null);
            return c.Graph.Node(op, axes.Axes is null ? [x] : [x, c.Graph.Constant(axes.Axes)],
                AttributeList.Empty.With("keepdims", keep ? 1 : 0));
        });
}
