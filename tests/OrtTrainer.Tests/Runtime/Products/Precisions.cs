using OrtTrainer.Graph;
using OrtTrainer.Graph.Operators.Fused;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Tests.Runtime.Products;

/// <summary>What this processor computes in.</summary>
internal static class Precisions
{
    /// <summary>Those that kernels of processors are for.</summary>
    public static IReadOnlyList<Precision> OfProcessors { get; } = [Precision.Fp32, Precision.Bf16];

    /// <summary>Whether an operator is made of products that devices alone have, or that stand for those.</summary>
    public static bool IsOfDevices(string op) => op.EndsWith("Fp16", StringComparison.Ordinal)
        || op.EndsWith("NativeBf16", StringComparison.Ordinal);

    /// <summary>Passes over a test of what this processor has no kernels for.</summary>
    public static void Require(Precision precision)
    {
        if (precision == Precision.Bf16 && !ProductKernels.BFloat16IsSupported)
        {
            Assert.Ignore("This processor has no products of bfloat16.");
        }
    }

    /// <summary>The same of kernels of linear layers.</summary>
    public static void RequireLinear(Precision precision)
    {
        Require(precision);
        if (KernelLibrary.Default.Definitions.All(d => d.Name != "Linear" + Operands.Suffix(precision)))
        {
            Assert.Ignore("This processor has no kernels of linear layers.");
        }
    }
}
