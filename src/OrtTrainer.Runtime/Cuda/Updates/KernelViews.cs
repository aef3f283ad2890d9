using OrtTrainer.Runtime.Cuda.Launching;
using OrtTrainer.Runtime.Distributed;

namespace OrtTrainer.Runtime.Cuda.Updates;

/// <summary>Buffers as what kernels are given.</summary>
internal static class KernelViews
{
    /// <summary>A whole buffer.</summary>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public static KernelArgument View(this WeightBuffer buffer)
    {
        buffer.CheckRange(0, buffer.Length);
        return KernelArgument.Floats(buffer.Memory.DangerousGetHandle(), buffer.Length);
    }

    /// <summary>A part of a buffer.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The part leaves the buffer.</exception>
    /// <exception cref="ObjectDisposedException">The buffer was disposed.</exception>
    public static KernelArgument View(this WeightBuffer buffer, RankPart part)
    {
        buffer.CheckRange(part.Offset, part.Length);
        return KernelArgument.Floats(
            buffer.Memory.DangerousGetHandle() + ((nint)part.Offset * sizeof(float)), part.Length);
    }

    /// <summary>A part of a buffer, or a view without elements for none.</summary>
    public static KernelArgument ViewOrEmpty(this WeightBuffer? buffer, RankPart part) =>
        buffer?.View(part) ?? KernelArgument.Floats(0, 0);

    public static KernelArgument View(this DeviceArray<float> values) =>
        KernelArgument.Floats(values.Address, values.Length);

    public static KernelArgument View(this DeviceArray<double> values) =>
        KernelArgument.Doubles(values.Address, values.Length);

    public static KernelArgument View(this DeviceArray<int> values) =>
        KernelArgument.Int32s(values.Address, values.Length);
}
