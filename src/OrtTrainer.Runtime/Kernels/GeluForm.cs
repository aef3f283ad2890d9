namespace OrtTrainer.Runtime.Kernels;

/// <summary>The attribute <c>approximate</c> of GELU nodes, with ONNX's values.</summary>
internal static class GeluForm
{
    /// <summary>True for <c>tanh</c>, false for <c>none</c>.</summary>
    public static bool IsTanh(KernelAttributes attributes) => attributes.Text("approximate") switch
    {
        "none" => false,
        "tanh" => true,
        string other => throw new ArgumentException($"approximate is '{other}'; expected 'none' or 'tanh'."),
    };
}
