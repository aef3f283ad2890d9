using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Updates;

/// <summary>
/// A float64 sum over elements in two stages: kernels leave one sum for each group, which the host adds up in their
/// order. On one device the order is always the same.
/// </summary>
/// <param name="device">Where the elements lie.</param>
internal sealed class KernelSum(KernelDevice device) : IDisposable
{
    private readonly DeviceArray<double> _sums = new(device);
    private double[] _read = [];

    /// <summary>Runs a kernel whose last parameter takes the sums of its groups, and adds these up.</summary>
    /// <param name="kernel">Gives them to <see cref="Elements.AddUp"/>.</param>
    /// <param name="elements">How many elements there are.</param>
    /// <param name="arguments">One for each parameter but the last.</param>
    public double Run(DeviceKernel kernel, long elements, params ReadOnlySpan<KernelArgument> arguments)
    {
        int groups = device.GroupsFor(elements);
        if (groups == 0)
        {
            return 0;
        }

        _sums.Resize(groups);
        device.Run(kernel, elements, [.. arguments, _sums.View()]);
        if (_read.Length != groups)
        {
            _read = new double[groups];
        }

        _sums.Read(_read);
        double total = 0;
        foreach (double sum in _read)
        {
            total += sum;
        }

        return total;
    }

    public void Dispose() => _sums.Dispose();
}
