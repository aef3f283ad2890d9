using OrtTrainer.Graph;

namespace OrtTrainer.Tests.Graph.Gradients;

/// <summary>Operators on images, [B, C, height, width].</summary>
internal static class WindowCases
{
    private static readonly (string Variant, long[] Kernel, AttributeList Attributes)[] Windows =
    [
        ("plain", [2, 3], AttributeList.Empty),
        ("padded", [3, 3], AttributeList.Empty.With("pads", 1, 1, 1, 1)),
        ("one-sided padding", [2, 2], AttributeList.Empty.With("pads", 1, 0, 0, 1)),
        ("strides that leave a rest", [3, 2],
            AttributeList.Empty.With("strides", 2, 3).With("pads", 1, 1, 1, 1)),
        ("a stride longer than the kernel", [1, 1], AttributeList.Empty.With("strides", 2, 2)),
        ("dilated", [2, 2], AttributeList.Empty.With("dilations", 2, 2).With("strides", 2, 1)),
    ];

    public static IEnumerable<GradientCase> All =>
    [
        .. from window in Windows
           select new GradientCase("Conv", window.Variant, c => c.Graph.Node(
               "Conv", [c.Parameter("x", [2, 3, 6, 7]), c.Parameter("w", [4, 3, .. window.Kernel])],
               window.Attributes)),
        new("Conv", "a named batch and a bias", c => c.Graph.Node(
            "Conv",
            [
                c.Parameter("x", [2, 3, 5, 5], declared: new("batch", 3, 5, 5)), c.Parameter("w", [2, 3, 3, 3]),
                c.Parameter("bias", [2]),
            ],
            AttributeList.Empty.With("strides", 2, 2).With("pads", 1, 1, 1, 1))),
        new("MaxPool", "apart", c => c.Graph.Node("MaxPool", [c.Apart("x", [2, 2, 4, 6])],
            AttributeList.Empty.With("kernel_shape", 2, 2).With("strides", 2, 2))),
        new("MaxPool", "overlapping, padded, a named batch", c => c.Graph.Node(
            "MaxPool", [c.Apart("x", [2, 2, 5, 6], new Shape("batch", 2, 5, 6))],
            AttributeList.Empty.With("kernel_shape", 3, 3).With("strides", 2, 2).With("pads", 1, 1, 1, 1))),
        new("GlobalAveragePool", "", c => c.Graph.Node(
            "GlobalAveragePool", [c.Parameter("x", [2, 3, 3, 5], declared: new("batch", 3, 3, 5))])),
        new("BatchNormalization", "x, scale and bias", c => c.Graph.Node(
            "BatchNormalization",
            [
                c.Parameter("x", [2, 3, 2, 2], declared: new("batch", 3, 2, 2)), c.Parameter("scale", [3]),
                c.Parameter("bias", [3]), Fixed(c, "mean", 0.5f, -0.25f, 0), Fixed(c, "variance", 0.5f, 2, 1),
            ],
            AttributeList.Empty.With("epsilon", 1e-3f))),
    ];

    private static Value Fixed(CaseInputs c, string name, params float[] values) =>
        c.Graph.Initializer(TensorContent.Float(name, [values.Length], values));
}
