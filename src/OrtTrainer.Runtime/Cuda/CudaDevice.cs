using System.Collections.Concurrent;
using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Driver;
using OrtTrainer.Runtime.Cuda.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;
using OrtTrainer.Runtime.Cuda.Nccl;
using OrtTrainer.Runtime.Distributed;

namespace OrtTrainer.Runtime.Cuda;

/// <summary>
/// A graphics card of NVIDIA: ONNX Runtime's CUDA provider, memory of its driver, and updates as kernels. Nothing is
/// opened before the device is asked for by name.
/// </summary>
internal sealed partial class CudaDevice : KernelDevice
{
    /// <summary>What the first device is called; the others have their number behind a colon.</summary>
    public const string Kind = "cuda";

    // Threads that wait for memory leave a multiprocessor to others: eight groups of 128 hide most of the waiting.
    private const int GroupsPerUnit = 8;

    // A run of this number is neither captured nor replayed.
    private const int NoGraph = -1;

    private static readonly ConcurrentDictionary<int, CudaDevice> Opened = [];

    private readonly int _index;
    private readonly Lazy<CudaContext> _context;
    private readonly Lazy<OrtMemoryInfo> _memory;
    private readonly Lazy<CudaFunctions> _functions;
    private readonly Lazy<CudaLauncher> _launcher;
    private readonly Lazy<KernelLibrary> _kernels;
    private readonly Lazy<int> _units;

    private CudaDevice(int index)
    {
        _index = index;
        _context = new(Open);
        _memory = new(() => new OrtMemoryInfo(
            OrtMemoryInfo.allocatorCUDA, OrtAllocatorType.DeviceAllocator, index, OrtMemType.Default));
        _functions = new(() => new CudaFunctions(new CudaModules(Context, Description)));
        _launcher = new(() => new CudaLauncher(_functions.Value, Context.Stream));
        _kernels = new(() => new KernelLibrary(DeviceKernels.On(new CudaOperatorDevice(_functions.Value))));
        _units = new(() => Description.Units);
    }

    public static CudaDevice First { get; } = At(0);

    public override string Name => NameOf(_index);

    internal override OrtMemoryInfo MemoryInfo => _memory.Value;

    internal override KernelLibrary Kernels => _kernels.Value;

    // What is of the host is copied to the device when it is bound.
    internal override bool CopiesInputs => true;

    public override bool RecordsRuns => true;

    internal override IKernelLauncher Launcher => _launcher.Value;

    internal override int MostGroups => GroupsPerUnit * _units.Value;

    private CudaContext Context => _context.Value;

    private (string Hardware, Version Capability, long Memory, int Units) Description =>
        CudaContext.Describe(Context.Driver, _index, Name);

    /// <summary>The name of a device.</summary>
    public static string NameOf(int index) => index == 0 ? Kind : $"{Kind}:{index}";

    public override DeviceSurvey Survey() => CudaSurvey.Run(opensDevices: true);

    public override ProductPrecision ProductsIn(Precision precision) => new(precision, IsNative: true);

    public override void Require(Precision precision, bool usesKernels = true)
    {
        Version capability = Description.Capability;
        if (!CudaSurvey.PrecisionsOf(capability).Contains(precision))
        {
            throw new ArgumentException(
                $"Precision is {precision.ToString().ToLowerInvariant()}, which a CUDA device of compute capability "
                + $"{CudaSurvey.LeastCapabilityFor(precision)} or more has; {Name} has {capability}. Take fp32 or "
                + "fp16.");
        }
    }

    public override void RequireRoom(long peak) => Context.RequireRoom(peak);

    internal override Device OfRank(int rank, int count) =>
        CudaDriver.Find().Driver is { } driver
            ? At(CudaSurvey.IndexOfRank(_index, rank, count, CudaContext.Count(driver)))
            : this;

    internal override (Func<IBufferLink>? Connect, string? Note) Link(RankGroup ranks, BufferPath path) =>
        NcclChoice.Make(ranks, path, () => new CudaStream(Context), Name);

    internal override Device? Answer(string name) =>
        name == Kind ? First
        : Pattern().Match(name) is { Success: true } match
            && int.TryParse(match.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out int index)
            ? At(index)
        : null;

    internal override void RequireUsable() => _ = Context;

    internal override void Finish() => Context.Synchronize();

    internal override DeviceMemory Allocate(nuint byteLength) => new CudaMemory(Context, Name, byteLength);

    /// <summary>What ONNX Runtime's CUDA provider is told of a session.</summary>
    internal Dictionary<string, string> ProviderOptions(ExecutionOptions options) =>
        new()
        {
            ["device_id"] = _index.ToString(CultureInfo.InvariantCulture),

            // What products of float32 there are beside those of another precision need no more bits than these.
            ["use_tf32"] = options.Precision == Precision.Fp32 ? "0" : "1",

            // To try every algorithm for every new shape would take longer than ragged batches run.
            ["cudnn_conv_algo_search"] = "HEURISTIC",
            ["do_copy_in_default_stream"] = "1",
            ["enable_cuda_graph"] = options.RecordsRuns ? "1" : "0",
        };

    internal override void Configure(SessionOptions settings, ExecutionOptions options)
    {
        _ = Context;
        using OrtCUDAProviderOptions provider = new();
        provider.UpdateOptions(ProviderOptions(options));
        try
        {
            settings.AppendExecutionProvider_CUDA(provider);
        }
        catch (OnnxRuntimeException cause)
        {
            throw new DeviceException(
                Name, $"ONNX Runtime cannot start its CUDA provider: {cause.Message} See orttrainer devices.", cause);
        }
    }

    /// <summary>What the provider is told of a run.</summary>
    internal static (string Key, string Value) GraphOf(int? recording) =>
        ("gpu_graph_id", (recording ?? NoGraph).ToString(CultureInfo.InvariantCulture));

    internal override void Assign(RunOptions options, int? recording)
    {
        (string key, string value) = GraphOf(recording);
        options.AddRunConfigEntry(key, value);
    }

    internal override string? Advice(string failure) =>
        Wanted().Match(failure) is { Success: true } match
            ? $"{Name}: {Context.Exhausted(long.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture))}"
        : failure.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
            ? $"{Name}: {Context.Exhausted(null)}"
        : null;

    private static CudaDevice At(int index) => Opened.GetOrAdd(index, i => new CudaDevice(i));

    private CudaContext Open() => CudaSurvey.Obstacle(_index) is { } obstacle
        ? throw new DeviceException(Name, obstacle)
        : CudaContext.Open(CudaDriver.Find().Driver!, _index, Name);

    [GeneratedRegex("^cuda:([0-9]{1,3})$")]
    private static partial Regex Pattern();

    // Words of ONNX Runtime's arena.
    [GeneratedRegex("Failed to allocate memory for requested buffer of size ([0-9]+)")]
    private static partial Regex Wanted();
}
