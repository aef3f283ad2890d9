using OrtTrainer.Graph;

namespace OrtTrainer.Tests.Runtime.Products;

/// <summary>The values of a parameter: the precisions that kernels of processors are for.</summary>
[AttributeUsage(AttributeTargets.Parameter)]
internal sealed class ProcessorPrecisionsAttribute() : ValuesAttribute(Precision.Fp32, Precision.Bf16);
