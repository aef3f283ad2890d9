namespace OrtTrainer.Benchmarks;

/// <summary>A product of a linear layer, in ONNX Runtime's Gemm and in the kernels. Rates are medians.</summary>
/// <param name="Operator">Which of the layer's products.</param>
/// <param name="Rows">T.</param>
/// <param name="Inputs">K.</param>
/// <param name="Outputs">N.</param>
/// <param name="GemmRate">Of ONNX Runtime's float32 Gemm, in 1e9 operations per second.</param>
/// <param name="KernelRatios">How many times as fast the kernel of each precision is; null where there is
/// none.</param>
internal sealed record ProductTime(
    string Operator, int Rows, int Inputs, int Outputs, double GemmRate,
    IReadOnlyDictionary<string, double?> KernelRatios);
