using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Distributed;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime;

/// <summary>
/// Where graphs run and weights lie. A device is everything that differs from one to the next: its memory, how a
/// session is told to execute there, and the updates of weights. One folder of this assembly makes a device, and one
/// line of <see cref="All"/> names it.
/// </summary>
public abstract class Device
{
    /// <summary>The devices of this build; the first is the default.</summary>
    public static IReadOnlyList<Device> All { get; } = [CpuDevice.Instance];

    /// <summary>The device that is used where none is named.</summary>
    public static Device Default => All[0];

    /// <summary>What options and reports call it.</summary>
    public abstract string Name { get; }

    /// <summary>Arithmetic of whole buffers that lie here.</summary>
    public abstract WeightArithmetic Arithmetic { get; }

    /// <summary>How sessions describe tensors over this device's buffers.</summary>
    internal abstract OrtMemoryInfo MemoryInfo { get; }

    /// <summary>C# kernels for sessions of this device; null where it has none.</summary>
    internal abstract KernelLibrary? Kernels { get; }

    /// <summary>The device of a name.</summary>
    /// <exception cref="ArgumentException">This build has no such device.</exception>
    public static Device Named(string name) => All.FirstOrDefault(device => device.Name == name)
        ?? throw new ArgumentException(
            $"The device '{name}' is not in this build; it has {string.Join(", ", All)}.", nameof(name));

    /// <summary>Refuses a precision that this device has no kernels for.</summary>
    /// <exception cref="ArgumentException">It has none.</exception>
    public abstract void Require(Precision precision);

    /// <summary>Makes the updates of a run.</summary>
    /// <param name="threads">Threads of the host that work during an update, 1 or more.</param>
    /// <param name="share">What this process updates, where several share a run; null for everything.</param>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1 thread.</exception>
    public abstract WeightUpdates CreateUpdates(int threads, UpdateShare? share = null);

    /// <summary>What the arithmetic units do at most, measured by multiplying and adding in registers.</summary>
    /// <param name="threads">Threads of the host that work at once, 1 or more.</param>
    /// <returns>Floating-point operations of float32 per second; a multiplication with an addition is two.</returns>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1 thread.</exception>
    public abstract double MeasurePeak(int threads);

    /// <summary>Makes the gradient of a table out of the gradients of picked rows.</summary>
    /// <param name="gradients">The flat buffer, here; the table's part is zero, and nobody else writes it.</param>
    /// <param name="table">Where the table lies.</param>
    /// <param name="written">Told which blocks of the table may be other than zero.</param>
    public abstract TableGradient CreateTableGradient(WeightBuffer gradients, WeightSegment table, BlockMap written);

    public sealed override string ToString() => Name;

    /// <summary>Allocates zeroed memory.</summary>
    /// <exception cref="OutOfMemoryException">The device has no such block.</exception>
    internal abstract DeviceMemory Allocate(nuint byteLength);

    /// <summary>Tells a session to execute here.</summary>
    internal abstract void Configure(SessionOptions settings);
}
