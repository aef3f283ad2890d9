using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime;

/// <summary>
/// What a session reads and writes in a run. State is bound once, in place, and costs nothing per run; the inputs of
/// a batch are set before each. Not safe for use from several threads at once.
/// </summary>
public sealed partial class Binding : IDisposable
{
    private readonly GraphSession _session;
    private readonly SessionHandle _held;
    private readonly OrtIoBinding _io;
    private readonly Dictionary<string, BoundTensor> _inputs = [];
    private readonly Dictionary<string, BoundTensor> _outputs = [];
    private readonly Dictionary<string, BatchInput> _batch = [];
    private readonly HashSet<string> _allocated = [];
    private readonly Dictionary<string, string> _fedBack = [];
    private readonly HashSet<string> _setSinceRun = [];
    private string[]? _outputNames;
    private IDisposableReadOnlyCollection<OrtValue>? _results;
    private bool _hasRun;
    private bool _disposed;

    internal Binding(GraphSession session)
    {
        _session = session;
        _held = session.Hold();
        try
        {
            _io = _held.Inference.CreateIoBinding();
        }
        catch
        {
            _held.DangerousRelease();
            throw;
        }
    }

    /// <summary>
    /// Lets the input read <paramref name="buffer"/> in place, from element <paramref name="offset"/> on.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The graph has no such float32 input, or the range leaves the buffer.
    /// </exception>
    public void BindInput(string name, WeightBuffer buffer, long offset, ReadOnlySpan<long> shape)
    {
        Check(_session.InputsByName, "input", name, ElementType.Float);
        Bind(_inputs, name, View(buffer, offset, shape));
        if (_batch.Remove(name, out BatchInput? earlier))
        {
            earlier.Dispose();
        }
    }

    /// <summary>
    /// Lets the output write into <paramref name="buffer"/> in place, from element <paramref name="offset"/> on.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The graph has no such float32 output, or the range leaves the buffer.
    /// </exception>
    public void BindOutput(string name, WeightBuffer buffer, long offset, ReadOnlySpan<long> shape)
    {
        Check(_session.OutputsByName, "output", name, ElementType.Float);
        Bind(_outputs, name, View(buffer, offset, shape));
        _allocated.Remove(name);
        _outputNames = null;
    }

    /// <summary>
    /// Lets ONNX Runtime allocate the output anew in each run, for outputs whose shape changes; read it with <see
    /// cref="Output"/>.
    /// </summary>
    /// <exception cref="ArgumentException">The graph has no such output.</exception>
    public void BindOutput(string name)
    {
        Check(_session.OutputsByName, "output", name, null);
        try
        {
            _io.BindOutputToDevice(name, OrtMemoryInfo.DefaultInstance);
        }
        catch (OnnxRuntimeException cause)
        {
            throw RuntimeFailureException.From(
                _session.Name, $"binding output {name}", cause, _session.Options.Device);
        }

        if (_outputs.Remove(name, out BoundTensor? earlier))
        {
            earlier.Dispose();
        }

        _allocated.Add(name);
        _outputNames = null;
    }

    /// <summary>Copies a batch's int64 input; its shape may differ from the last one.</summary>
    /// <exception cref="ArgumentException">The graph has no such int64 input, or shape and data disagree.</exception>
    public void SetInput(string name, ReadOnlySpan<long> data, ReadOnlySpan<long> shape) =>
        Set(name, data, shape, ElementType.Int64);

    /// <summary>Copies a batch's float32 input; its shape may differ from the last one.</summary>
    /// <exception cref="ArgumentException">
    /// The graph has no such float32 input, or shape and data disagree.
    /// </exception>
    public void SetInput(string name, ReadOnlySpan<float> data, ReadOnlySpan<long> shape) =>
        Set(name, data, shape, ElementType.Float);

    /// <summary>Copies a batch's input of truth values; its shape may differ from the last one.</summary>
    /// <exception cref="ArgumentException">The graph has no such input, or shape and data disagree.</exception>
    public void SetInput(string name, ReadOnlySpan<bool> data, ReadOnlySpan<long> shape) =>
        Set(name, data, shape, ElementType.Bool);

    /// <summary>
    /// Copies a batch's integers to an input of int64 or int32, whichever the graph takes; its shape may differ from
    /// the last one.
    /// </summary>
    /// <exception cref="ArgumentException">The graph has no such input of integers, or shape and data
    /// disagree.</exception>
    /// <exception cref="OverflowException">The input is int32 and a number is none.</exception>
    public void SetIntegers(string name, ReadOnlySpan<long> data, ReadOnlySpan<long> shape)
    {
        if (TypeOf(_session.InputsByName, name) != ElementType.Int32)
        {
            SetInput(name, data, shape);
            return;
        }

        int[] narrowed = new int[data.Length];
        for (int i = 0; i < data.Length; i++)
        {
            narrowed[i] = checked((int)data[i]);
        }

        Set<int>(name, narrowed, shape, ElementType.Int32);
    }

    /// <summary>
    /// Lets each run but the first read an input from an output of the run before, where it lies; for the first, set
    /// the input. An input that is set again is read once from what was set.
    /// </summary>
    /// <exception cref="ArgumentException">The graph has no such input or output, or the output is not allocated by
    /// ONNX Runtime.</exception>
    public void FeedBack(string output, string input)
    {
        Check(_session.InputsByName, "input", input, ElementType.Float);
        Check(_session.OutputsByName, "output", output, ElementType.Float);
        if (!_allocated.Contains(output))
        {
            throw new ArgumentException(
                $"{_session.Name}: output {output} is not allocated by ONNX Runtime; call BindOutput(\"{output}\") "
                + "first.", nameof(output));
        }

        _fedBack[input] = output;
    }

    /// <summary>Runs the graph once.</summary>
    /// <exception cref="RuntimeFailureException">
    /// ONNX Runtime or a kernel failed, or an input is not bound.
    /// </exception>
    /// <exception cref="ObjectDisposedException">This or its session was disposed.</exception>
    public void Run()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _session.RequireOpen();
        BindCopiedInputs();
        using IDisposable? read = BindFedBack();
        ReleaseResults();
        try
        {
            _held.Inference.RunWithBinding(_held.RunOptions, _io);
        }
        catch (OnnxRuntimeException cause)
        {
            throw RuntimeFailureException.From(_session.Name, "running the graph", cause, _session.Options.Device);
        }
        finally
        {
            _setSinceRun.Clear();
        }

        _hasRun = true;
    }

    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        _recording?.Dispose();
        _results?.Dispose();
        _io.Dispose();
        foreach (IDisposable part in _inputs.Values.Concat<IDisposable>(_outputs.Values).Concat(_batch.Values))
        {
            part.Dispose();
        }

        _held.DangerousRelease();
    }

    // Weights that a node of the host reads were copied when they were bound; the others cost a look-up.
    private void BindCopiedInputs()
    {
        if (_session.Options.Device.CopiesInputs)
        {
            foreach ((string name, BoundTensor tensor) in _inputs)
            {
                Bind(name, tensor.Value, isInput: true);
            }

            _recording?.BindInputs((name, value) => Bind(name, value, isInput: true));
        }
    }

    private static long Elements(ReadOnlySpan<long> shape)
    {
        long count = 1;
        foreach (long dimension in shape)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(dimension, nameof(shape));
            count = checked(count * dimension);
        }

        return count;
    }

    private BoundTensor View(WeightBuffer buffer, long offset, ReadOnlySpan<long> shape)
    {
        if (buffer.Device != _session.Options.Device)
        {
            throw new ArgumentException(
                $"{_session.Name} executes on {_session.Options.Device} and cannot be bound to a buffer of "
                + $"{buffer.Device}.", nameof(buffer));
        }

        long count = Elements(shape);
        buffer.CheckRange(offset, count);
        return new BoundTensor(
            buffer.Device, buffer.Memory, offset * sizeof(float), count * sizeof(float), buffer.ElementType, shape);
    }

    // The earlier tensor goes only when the new one is in its place: until then the session may still read it.
    private void Bind(Dictionary<string, BoundTensor> tensors, string name, BoundTensor tensor)
    {
        try
        {
            Bind(name, tensor.Value, isInput: tensors == _inputs);
        }
        catch
        {
            tensor.Dispose();
            throw;
        }

        if (tensors.TryGetValue(name, out BoundTensor? earlier))
        {
            earlier.Dispose();
        }

        tensors[name] = tensor;
    }

    private void Set<T>(string name, ReadOnlySpan<T> data, ReadOnlySpan<long> shape, ElementType type)
        where T : unmanaged
    {
        Check(_session.InputsByName, "input", name, type);
        if (Elements(shape) != data.Length)
        {
            throw new ArgumentException(
                $"{_session.Name}: input {name} has {data.Length} elements; its shape "
                + $"[{string.Join(", ", shape.ToArray())}] takes {Elements(shape)}.", nameof(data));
        }

        if (_recording is not null)
        {
            SetInPlace(name, data, shape, type);
            return;
        }

        if (!_batch.TryGetValue(name, out BatchInput? input))
        {
            input = _batch[name] = new BatchInput(type);
        }

        // An input that is fed back may be bound to an output of the last run.
        bool isFedBack = _fedBack.ContainsKey(name);
        if (isFedBack)
        {
            _setSinceRun.Add(name);
        }

        if (input.Set(data, shape) || isFedBack || _session.Options.Device.CopiesInputs)
        {
            Bind(name, input.Tensor!.Value, isInput: true);
        }

        if (_inputs.Remove(name, out BoundTensor? earlier))
        {
            earlier.Dispose();
        }
    }

    private void Check(
        IReadOnlyDictionary<string, GraphValue> values, string kind, string name, ElementType? type)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!values.TryGetValue(name, out GraphValue? value))
        {
            throw new ArgumentException(
                $"{_session.Name} has no {kind} '{name}'; it has {string.Join(", ", values.Keys)}.", nameof(name));
        }

        if (type is not null && value.Type != type)
        {
            throw new ArgumentException(
                value.Type is null
                    ? $"{_session.Name}: {kind} {name} is not a tensor; expected {type}."
                    : $"{_session.Name}: {kind} {name} is {value.Type}, not {type}.",
                nameof(name));
        }
    }

    private static ElementType? TypeOf(IReadOnlyDictionary<string, GraphValue> values, string name) =>
        values.TryGetValue(name, out GraphValue? value) ? value.Type : null;

    private void Bind(string name, OrtValue value, bool isInput)
    {
        try
        {
            if (isInput)
            {
                _io.BindInput(name, value);
            }
            else
            {
                _io.BindOutput(name, value);
            }
        }
        catch (OnnxRuntimeException cause)
        {
            throw RuntimeFailureException.From(_session.Name, $"binding {name}", cause, _session.Options.Device);
        }
    }
}
