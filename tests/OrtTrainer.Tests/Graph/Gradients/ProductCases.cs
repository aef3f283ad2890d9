using OrtTrainer.Graph;

namespace OrtTrainer.Tests.Graph.Gradients;

internal static class ProductCases
{
    private static readonly bool[] Both = [false, true];

    private static readonly (string Variant, long[]? Sizes)[] Biases =
        [("no bias", null), ("row bias", [4]), ("column bias", [3, 1]), ("full bias", [3, 4]), ("number bias", [])];

    private static readonly (string Variant, long[] A, long[] B)[] Batches =
    [
        ("matrices", [2, 3], [3, 4]),
        ("one batch", [2, 2, 3], [2, 3, 4]),
        ("b shared by the batch", [2, 2, 3], [3, 4]),
        ("a shared by the batch", [2, 3], [2, 3, 4]),
        ("both batches repeated", [2, 1, 2, 3], [3, 3, 2]),
    ];

    public static IEnumerable<GradientCase> All =>
    [
        new("Gemm", "a table that rows were gathered from", TiedTable),
        .. from ta in Both
           from tb in Both
           from bias in Biases
           select new GradientCase("Gemm", $"a {Turned(ta)}, b {Turned(tb)}, {bias.Variant}", c => c.Graph.Gemm(
               c.Parameter("a", ta ? [2, 3] : [3, 2]), c.Parameter("b", tb ? [4, 2] : [2, 4]),
               bias.Sizes is null ? null : c.Parameter("bias", bias.Sizes), ta, tb)),
        .. from ta in Both
           from tb in Both
           select new GradientCase("Gemm", $"alpha and beta, a {Turned(ta)}, b {Turned(tb)}", c => c.Graph.Node("Gemm",
               [c.Parameter("a", ta ? [2, 3] : [3, 2]), c.Parameter("b", tb ? [4, 2] : [2, 4]),
                   c.Parameter("bias", [4])],
               AttributeList.Empty.With("alpha", 0.5f).With("beta", -1.5f)
                   .With("transA", ta ? 1 : 0).With("transB", tb ? 1 : 0))),
        new("Gemm", "named rows", c => c.Graph.Gemm(
            c.Parameter("a", [3, 2], declared: new("rows", 2)), c.Parameter("b", [4, 2]), c.Parameter("bias", [4]),
            false, true)),
        .. from shapes in Batches
           select new GradientCase("MatMul", shapes.Variant, c => c.Graph.MatMul(
               c.Parameter("a", shapes.A), c.Parameter("b", shapes.B))),
        new("MatMul", "named sizes", c => c.Graph.MatMul(
            c.Parameter("a", [2, 3, 4], declared: new("batch", "sequence", 4)), c.Parameter("b", [4, 2]))),
        .. from ta in Both
           from tb in Both
           select new GradientCase("FusedMatMul", $"a {Turned(ta)}, b {Turned(tb)}", c => c.Graph.NodeOutputs(
               "com.microsoft", "FusedMatMul",
               [c.Parameter("a", ta ? [2, 3, 2] : [2, 2, 3]), c.Parameter("b", tb ? [4, 3] : [3, 4])],
               AttributeList.Empty.With("transA", ta ? 1 : 0).With("transB", tb ? 1 : 0).With("alpha", 0.25f))[0])
           { Domain = "com.microsoft" },
        .. from axis in new[] { -1L, 1 }
           from bias in Both
           select new GradientCase("LayerNormalization", $"axis {axis}, {(bias ? "bias" : "no bias")}", c =>
           {
               long[] sizes = axis == -1 ? [4] : [3, 4];
               Value x = c.Parameter("x", [2, 3, 4], -2, 2, new("batch", 3, 4));
               Value scale = c.Parameter("scale", sizes, 0.5f, 1.5f);
               Value[] inputs = bias ? [x, scale, c.Parameter("bias", sizes)] : [x, scale];
               return c.Graph.NodeOutputs("", "LayerNormalization", inputs,
                   AttributeList.Empty.With("axis", axis).With("epsilon", 1e-3f))[0];
           }),
    ];

    private static string Turned(bool transposed) => transposed ? "transposed" : "as it is";

    /// <summary>Embeddings that give the scores too: one parameter, used by a Gather and by a Gemm.</summary>
    private static Value TiedTable(CaseInputs c)
    {
        Value table = c.Parameter("table", [5, 3]);
        Value rows = c.Graph.Gather(table, c.Integers("ids", [4, 0, 0, 2]));
        return c.Graph.Gemm(rows, table, transposeB: true);
    }
}
