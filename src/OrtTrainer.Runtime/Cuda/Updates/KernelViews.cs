using OrtTrainer.Runtime.Cuda.Launching;

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

    /// <summary>A whole buffer, or one without elements for none.</summary>
    public static KernelArgument ViewOrEmpty(this WeightBuffer? buffer) =>
        buffer?.View() ?? KernelArgument.Floats(0, 0);

    public static KernelArgument View(this DeviceArray<float> values) =>
        KernelArgument.Floats(values.Address, values.Length);

    public static KernelArgument View(this DeviceArray<double> values) =>
        KernelArgument.Doubles(values.Address, values.Length);

    public static KernelArgument View(this DeviceArray<int> values) =>
        KernelArgument.Int32s(values.Address, values.Length);
}
