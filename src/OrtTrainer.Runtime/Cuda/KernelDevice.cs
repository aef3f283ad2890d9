using OrtTrainer.Runtime.Cuda.Launching;
using OrtTrainer.Runtime.Cuda.Updates;
using OrtTrainer.Runtime.Distributed;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cuda;

/// <summary>A device whose weights lie in memory of its own, where kernels change them.</summary>
internal abstract class KernelDevice : Device
{
    protected KernelDevice() => Arithmetic = new KernelArithmetic(this);

    public sealed override WeightArithmetic Arithmetic { get; }

    /// <summary>Runs kernels.</summary>
    internal abstract IKernelLauncher Launcher { get; }

    /// <summary>
    /// The groups that keep the whole device at work, 1 or more: a thread of a longer buffer takes several elements.
    /// </summary>
    internal abstract int MostGroups { get; }

    public sealed override WeightUpdates CreateUpdates(int threads, UpdateShare? share = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        return new KernelUpdates(this, share ?? UpdateShare.Whole);
    }

    public sealed override double MeasurePeak(int threads) => PeakKernel.Measure(this);

    public sealed override TableGradient CreateTableGradient(
        WeightBuffer gradients, WeightSegment table, BlockMap written) =>
        new KernelTableGradient(this, gradients, table, written);

    /// <summary>Waits until all kernels are done.</summary>
    /// <exception cref="DeviceException">One has failed.</exception>
    internal abstract void Finish();

    /// <summary>Runs a kernel over elements, and waits for it.</summary>
    /// <param name="kernel">Its threads take elements by <see cref="Elements"/>.</param>
    /// <param name="elements">How many there are.</param>
    /// <param name="arguments">One for each of its parameters.</param>
    internal void Run(DeviceKernel kernel, long elements, params ReadOnlySpan<KernelArgument> arguments)
    {
        Launcher.Launch(kernel, GroupsFor(elements), arguments);
        Finish();
    }

    /// <summary>The groups of a launch over elements; none for none.</summary>
    internal int GroupsFor(long elements) => Math.Min(Launcher.Group.GroupsOfThreads(elements), MostGroups);
}
