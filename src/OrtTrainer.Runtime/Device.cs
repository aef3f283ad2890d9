using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda;
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
    /// <summary>The kinds of devices of this build, each by its first device; the first is the default.</summary>
    public static IReadOnlyList<Device> All { get; } =
        HasCuda ? [CpuDevice.Instance, CudaDevice.First] : [CpuDevice.Instance];

    /// <summary>The device that is used where none is named.</summary>
    public static Device Default => All[0];

    /// <summary>What options and reports call it.</summary>
    public abstract string Name { get; }

    /// <summary>Arithmetic of whole buffers that lie here.</summary>
    public abstract WeightArithmetic Arithmetic { get; }

    /// <summary>Whether a run can be recorded here and played back, as a CUDA graph is.</summary>
    public virtual bool RecordsRuns => false;

    /// <summary>The operators that sessions of this device run as kernels of this assembly.</summary>
    public IReadOnlyList<string> KernelNames => Kernels is { } kernels
        ? [.. kernels.Definitions.Select(kernel => kernel.Name)]
        : [];

    /// <summary>How sessions describe tensors over this device's buffers.</summary>
    internal abstract OrtMemoryInfo MemoryInfo { get; }

    /// <summary>
    /// Whether ONNX Runtime copies what it is given of the host, or of another place than it reads from, at the moment
    /// of binding: then inputs are bound anew whenever their values may have changed.
    /// </summary>
    internal virtual bool CopiesInputs => false;

    /// <summary>A device that is found by its name and not listed: one that tests bring.</summary>
    internal static Device? Unlisted { get; set; }

    /// <summary>C# kernels for sessions of this device; null where it has none.</summary>
    internal abstract KernelLibrary? Kernels { get; }

    /// <summary>
    /// Whether CUDA devices are in this build: a trimmed program for machines without one leaves them out.
    /// </summary>
    [FeatureSwitchDefinition("OrtTrainer.Runtime.HasCuda")]
    internal static bool HasCuda =>
        !AppContext.TryGetSwitch("OrtTrainer.Runtime.HasCuda", out bool isOn) || isOn;

    /// <summary>How a device is named, whether or not this machine has it: <c>cuda</c> for <c>cuda:0</c>.</summary>
    /// <exception cref="ArgumentException">This build knows no such device.</exception>
    public static string NameOf(string word) => Find(word).Name;

    /// <summary>How the device of a rank is named, where a word names that of all: of several ranks on a machine each
    /// takes its own.</summary>
    /// <param name="word">The name that is given for all.</param>
    /// <param name="rank">The rank among those of this machine.</param>
    /// <param name="count">How many they are, 1 or more.</param>
    /// <exception cref="ArgumentException">This build knows no such device.</exception>
    /// <exception cref="DeviceException">There are not enough of them.</exception>
    public static string NameOfRank(string word, int rank, int count) => Find(word).OfRank(rank, count).Name;

    /// <summary>The device of a name, ready to execute.</summary>
    /// <exception cref="ArgumentException">This build knows no such device.</exception>
    /// <exception cref="DeviceException">This machine or this build lacks what the device needs.</exception>
    public static Device Named(string name)
    {
        Device device = Find(name);
        device.RequireUsable();
        return device;
    }

    /// <summary>Looks at what this machine has of this kind of devices, and at what they need.</summary>
    public abstract DeviceSurvey Survey();

    /// <summary>How graphs for this device compute products in a precision.</summary>
    public virtual ProductPrecision ProductsIn(Precision precision) => precision;

    /// <summary>Refuses a precision that this device does not compute products in.</summary>
    /// <param name="precision">The precision.</param>
    /// <param name="usesKernels">Whether they are to be kernels of this assembly, and not function bodies.</param>
    /// <exception cref="ArgumentException">It does not.</exception>
    public abstract void Require(Precision precision, bool usesKernels = true);

    /// <summary>
    /// Refuses a run that will not fit into the device's memory. Devices that share the host's memory refuse nothing.
    /// </summary>
    /// <param name="peak">Bytes at the run's peak, estimated; what is allocated here already counts.</param>
    /// <exception cref="DeviceException">It needs far more than is free.</exception>
    public virtual void RequireRoom(long peak)
    {
    }

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
    /// <param name="settings">The session's settings.</param>
    /// <param name="options">What was asked for.</param>
    internal abstract void Configure(SessionOptions settings, ExecutionOptions options);

    /// <summary>The device of this kind that a name means; null where it means none.</summary>
    internal virtual Device? Answer(string name) => name == Name ? this : null;

    /// <summary>The device of a rank; see <see cref="NameOfRank"/>.</summary>
    internal virtual Device OfRank(int rank, int count) => this;

    /// <summary>Makes sure that sessions and buffers can be made here.</summary>
    /// <exception cref="DeviceException">Something is missing.</exception>
    internal virtual void RequireUsable()
    {
    }

    /// <summary>Tells ONNX Runtime in a session that records what of it a run belongs to.</summary>
    /// <param name="options">The run's.</param>
    /// <param name="recording">The number of the recording; null for a run that is neither recorded nor played
    /// back.</param>
    internal virtual void Assign(RunOptions options, int? recording)
    {
    }

    /// <summary>Runs a graph that is recorded: in full at first, and played back from then on.</summary>
    /// <param name="session">Records.</param>
    /// <param name="options">As they were assigned to the recording.</param>
    /// <param name="io">What is bound.</param>
    /// <param name="recording">Its number, and the tensors that keep their places.</param>
    /// <exception cref="OnnxRuntimeException">It failed.</exception>
    internal virtual void Play(
        InferenceSession session, RunOptions options, OrtIoBinding io, RecordedTensors recording) =>
        session.RunWithBinding(options, io);

    /// <summary>Finds what can connect this rank's device with those of other ranks; all of them call it.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="path">What was asked for; never the host's memory.</param>
    /// <returns>What connects them, called by all or none, null for the host's memory; and a line on the choice, null
    /// for nothing to say.</returns>
    /// <exception cref="DeviceException">NCCL was asked for and cannot be had; all ranks throw.</exception>
    internal virtual (Func<IBufferLink>? Connect, string? Note) Link(RankGroup ranks, BufferPath path) =>
        path == BufferPath.Auto
            ? (null, null)
            : throw new DeviceException(Name, "NCCL is for ranks on CUDA devices; leave --exchange out.");

    /// <summary>What to do about a failure of ONNX Runtime that this device knows; null for others.</summary>
    internal virtual string? Advice(string failure) => null;

    private static Device Find(string word) =>
        All.Append(Unlisted).Select(device => device?.Answer(word)).FirstOrDefault(device => device is not null)
        ?? throw new ArgumentException(
            $"The device '{word}' is not in this build; it has {string.Join(", ", All)}.", nameof(word));
}
