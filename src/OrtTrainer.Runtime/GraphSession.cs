using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Profiling;

namespace OrtTrainer.Runtime;

/// <summary>
/// A loaded graph, ready to run through bindings. Safe to run from several threads, each with its own binding.
/// </summary>
public sealed class GraphSession : IDisposable
{
    private readonly SessionHandle _handle;
    private readonly SessionProfiler? _profiler;
    private volatile bool _disposed;

    private GraphSession(
        string name,
        ExecutionOptions options,
        KernelLibrary? kernelLibrary,
        Func<SessionOptions, InferenceSession> open)
    {
        Name = name;
        Options = options;
        if (options.RecordsRuns && !options.Device.RecordsRuns)
        {
            throw new ArgumentException($"{name}: {options.Device} records no runs.", nameof(options));
        }

        using SessionOptions settings = Settings(options);
        SortedSet<string> kernels = KernelLibrary.BeginRecording();
        try
        {
            kernelLibrary?.Register(settings);
            _handle = new SessionHandle(open(settings));
        }
        catch (OnnxRuntimeException cause)
        {
            throw RuntimeFailureException.From(name, "loading the model", cause, options.Device);
        }
        finally
        {
            KernelLibrary.EndRecording();
        }

        Kernels = [.. kernels];
        InferenceSession inference = _handle.Inference;
        if (options.RecordsRuns)
        {
            options.Device.Assign(_handle.RunOptions, recording: null);
        }

        _profiler = options.Profile ? new SessionProfiler(inference) : null;
        Inputs = Values(inference.InputNames, inference.InputMetadata);
        Outputs = Values(inference.OutputNames, inference.OutputMetadata);
        InputsByName = Inputs.ToDictionary(value => value.Name, StringComparer.Ordinal);
        OutputsByName = Outputs.ToDictionary(value => value.Name, StringComparer.Ordinal);
    }

    /// <summary>The version of ONNX Runtime that all sessions run on.</summary>
    public static string RuntimeVersion => OrtEnv.Instance().GetVersionString();

    /// <summary>What messages call this session.</summary>
    public string Name { get; }

    /// <summary>The options in force.</summary>
    public ExecutionOptions Options { get; }

    /// <summary>The graph's inputs, in its order.</summary>
    public IReadOnlyList<GraphValue> Inputs { get; }

    /// <summary>The graph's outputs, in its order.</summary>
    public IReadOnlyList<GraphValue> Outputs { get; }

    /// <summary>
    /// The C# kernels this graph runs on; operators missing here run as the function bodies of the model.
    /// </summary>
    public IReadOnlyList<string> Kernels { get; }

    /// <summary>
    /// Loads a serialized <c>ModelProto</c> (at most 2 GB, the limit of protobuf; larger models have external data).
    /// </summary>
    /// <exception cref="RuntimeFailureException">ONNX Runtime refuses the model.</exception>
    public static GraphSession FromBytes(ReadOnlyMemory<byte> model, ExecutionOptions options, string name = "model") =>
        FromBytes(model, options, options.UseKernels ? options.Device.Kernels : null, name);

    /// <summary>Loads a serialized <c>ModelProto</c> with kernels of the caller's; null for none.</summary>
    /// <exception cref="RuntimeFailureException">ONNX Runtime refuses the model.</exception>
    public static GraphSession FromBytes(
        ReadOnlyMemory<byte> model, ExecutionOptions options, KernelLibrary? kernels, string name = "model") =>
        new(name, options, kernels, settings => new InferenceSession(WholeArray(model), settings));

    /// <summary>Loads a model file; its external data is looked for beside it.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="RuntimeFailureException">ONNX Runtime refuses the model.</exception>
    public static GraphSession FromFile(string path, ExecutionOptions options)
    {
        if (!File.Exists(path))
        {
            throw new FileNotFoundException($"There is no model file {path}.", path);
        }

        KernelLibrary? kernels = options.UseKernels ? options.Device.Kernels : null;
        return new GraphSession(path, options, kernels, settings => new InferenceSession(path, settings));
    }

    /// <summary>A fresh binding: nothing bound yet.</summary>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public Binding CreateBinding() => new(this);

    /// <summary>Ends the profiling that <see cref="ExecutionOptions.Profile"/> began; runs after it are not in
    /// it.</summary>
    /// <returns>All runs until now, in order.</returns>
    /// <exception cref="InvalidOperationException">The session does not profile, or no longer.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public IReadOnlyList<ProfiledRun> EndProfiling()
    {
        RequireOpen();
        return _profiler is null
            ? throw new InvalidOperationException(
                $"{Name} does not profile; open it with {nameof(ExecutionOptions)}.{nameof(ExecutionOptions.Profile)}.")
            : _profiler.End();
    }

    /// <summary>Refuses further use. Memory is freed once the last binding is disposed, too.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            _profiler?.Discard();
        }

        _handle.Dispose();
    }

    /// <summary><see cref="Inputs"/> by name.</summary>
    internal IReadOnlyDictionary<string, GraphValue> InputsByName { get; }

    /// <summary><see cref="Outputs"/> by name.</summary>
    internal IReadOnlyDictionary<string, GraphValue> OutputsByName { get; }

    /// <summary>The session for a binding, which must release it.</summary>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    internal SessionHandle Hold()
    {
        RequireOpen();
        bool held = false;
        _handle.DangerousAddRef(ref held);
        return _handle;
    }

    internal void RequireOpen() => ObjectDisposedException.ThrowIf(_disposed, this);

    private static SessionOptions Settings(ExecutionOptions options)
    {
        SessionOptions settings = new()
        {
            IntraOpNumThreads = options.IntraOpThreads,
            ExecutionMode = ExecutionMode.ORT_SEQUENTIAL,
            GraphOptimizationLevel = GraphOptimizationLevel.ORT_ENABLE_ALL,

            // ONNX Runtime keeps one pattern per input shape, and ragged batches never repeat theirs: memory would
            // grow without end.
            EnableMemoryPattern = false,

            // Failures arrive as exceptions with the same text; a second copy on standard error helps nobody.
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL,
        };
        if (options.Profile)
        {
            SessionProfiler.Configure(settings);
        }

        options.Device.Configure(settings, options);
        settings.AddSessionConfigEntry("session.intra_op.allow_spinning", options.SpinWhileIdle ? "1" : "0");

        // Between runs the cores belong to others, unless it is said: the optimizer's threads, or another session.
        settings.AddSessionConfigEntry("session.force_spinning_stop", options.SpinBetweenRuns ? "0" : "1");
        return settings;
    }

    private static byte[] WholeArray(ReadOnlyMemory<byte> model) =>
        MemoryMarshal.TryGetArray(model, out ArraySegment<byte> segment)
            && segment.Array is { } array
            && array.Length == model.Length
            ? array
            : model.ToArray();

    private static GraphValue[] Values(
        IReadOnlyList<string> names, IReadOnlyDictionary<string, NodeMetadata> metadata) =>
        [.. names.Select(name => Value(name, metadata[name]))];

    private static GraphValue Value(string name, NodeMetadata metadata) => metadata.IsTensor
        ? new GraphValue(
            name, (ElementType)(int)metadata.ElementDataType, [.. metadata.Dimensions.Select(d => (long)d)])
        : new GraphValue(name, null, []);
}
