using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Kernels;

namespace OrtTrainer.Tests.Runtime.Products;

/// <summary>What this processor computes in.</summary>
internal static class Precisions
{
    /// <summary>Passes over a test of what this processor has no kernels for.</summary>
    public static void Require(Precision precision)
    {
        if (precision == Precision.Bf16 && !ProductKernels.BFloat16IsSupported)
        {
            Assert.Ignore("This processor has no products of bfloat16.");
        }
    }
}
