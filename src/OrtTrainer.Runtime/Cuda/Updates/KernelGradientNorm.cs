using ILGPU;
using OrtTrainer.Runtime.Cuda.Launching;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cuda.Updates;

/// <summary>The norm of all gradients. All blocks are read: those that are not written hold zeros.</summary>
/// <param name="device">Where they lie.</param>
/// <param name="layout">The layout of the gradients.</param>
/// <param name="sum">Adds up; not disposed here.</param>
internal sealed class KernelGradientNorm(KernelDevice device, WeightLayout layout, KernelSum sum) : GradientNorm
{
    private static readonly DeviceKernel Kernel = new(SumOfSquares);

    /// <inheritdoc/>
    public override BlockMap? NonZero => null;

    /// <inheritdoc/>
    public override double Measure(WeightBuffer gradients, BlockMap? written = null)
    {
        if (gradients.Length != layout.Length || gradients.Device != device)
        {
            throw new ArgumentException(
                $"There are {gradients.Length} gradients on {gradients.Device}; the layout has {layout.Length} "
                + $"elements on {device}.", nameof(gradients));
        }

        return Math.Sqrt(sum.Run(Kernel, gradients.Length, gradients.View()));
    }

    internal static void SumOfSquares(ArrayView<float> values, ArrayView<double> sums)
    {
        double sum = 0;
        for (long i = Elements.First(); i < values.Length; i += Elements.Stride())
        {
            double value = values[i];
            sum += value * value;
        }

        Elements.AddUp(sum, sums);
    }
}
