using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Graph;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda;
using OrtTrainer.Runtime.Cuda.Launching;
using OrtTrainer.Runtime.Cuda.Nccl;
using OrtTrainer.Runtime.Distributed;

namespace OrtTrainer.Tests.Runtime.Cuda;

/// <summary>
/// A CUDA device without one: memory of the host that nobody may read where it is, the kernels that change weights run
/// on the host, and graphs by ONNX Runtime's own provider, with the kernels of the processors so that only the updates
/// can differ from theirs.
/// </summary>
internal class SimulatedDevice : KernelDevice
{
    public const string Word = "simulated";

    protected SimulatedDevice()
    {
    }

    public static SimulatedDevice Instance { get; } = new();

    public override string Name => Word;

    internal override OrtMemoryInfo MemoryInfo => OrtMemoryInfo.DefaultInstance;

    internal override KernelLibrary Kernels => KernelLibrary.Default;

    internal override bool CopiesInputs => true;

    internal override IKernelLauncher Launcher { get; } = new SimulatedLauncher();

    internal override int MostGroups => 2;

    public override void Require(Precision precision, bool usesKernels = true)
    {
        // Products of float16 run as their function bodies, which round to it.
        if (precision != Precision.Fp16)
        {
            Default.Require(precision, usesKernels);
        }
    }

    public override DeviceSurvey Survey() => new(Name, [], []);

    /// <summary>Bytes that a run may expect to take.</summary>
    public long Room { get; set; } = long.MaxValue;

    public override void RequireRoom(long peak)
    {
        if (peak > Room)
        {
            throw new DeviceException(Name, $"{peak} bytes are wanted, and {Room} are free.");
        }
    }

    /// <summary>Whether ranks send by NCCL; a stand-in for it reads memory of the host.</summary>
    public bool HasNccl { get; set; }

    internal override (Func<IBufferLink>? Connect, string? Note) Link(RankGroup ranks, BufferPath path) => HasNccl
        ? NcclChoice.Make(ranks, path, () => new NoStream(), Name)
        : base.Link(ranks, path);

    internal override void Finish()
    {
    }

    internal override DeviceMemory Allocate(nuint byteLength) => new HiddenMemory(byteLength);

    internal override void Configure(SessionOptions settings, ExecutionOptions options)
    {
    }

    /// <summary>All is done when it returns.</summary>
    public sealed class NoStream : INcclStream
    {
        public IntPtr Handle => IntPtr.Zero;

        public void Use()
        {
        }

        public bool IsDone() => true;
    }

    /// <summary>Memory of the host that pretends to lie elsewhere.</summary>
    private sealed class HiddenMemory : DeviceMemory
    {
        private readonly AlignedMemory _memory;

        public HiddenMemory(nuint byteLength)
            : base(byteLength)
        {
            _memory = new AlignedMemory(byteLength);
            SetHandle(_memory.DangerousGetHandle());
        }

        public override bool IsHostMemory => false;

        public override void Read(long byteOffset, Span<byte> destination) => _memory.Read(byteOffset, destination);

        public override void Write(long byteOffset, ReadOnlySpan<byte> source) => _memory.Write(byteOffset, source);

        public override void CopyFrom(DeviceMemory source) => _memory.CopyFrom(((HiddenMemory)source)._memory);

        public override void Clear() => _memory.Clear();

        protected override bool ReleaseHandle()
        {
            _memory.Dispose();
            return true;
        }
    }
}
