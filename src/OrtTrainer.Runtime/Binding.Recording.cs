using System.Runtime.CompilerServices;
using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime;

/// <content>Runs whose tensors keep their places, which a device may record and play back.</content>
public sealed partial class Binding
{
    private Recording? _recording;

    /// <summary>
    /// From now on inputs lie in the device's memory, each at one place and in one shape: those that are set are copied
    /// there, and rows that are missing are filled up. <see cref="Play"/> then records the graph and plays it back;
    /// <see cref="Run"/> still runs it. Call this before any input is set, and bind every output to a buffer.
    /// </summary>
    /// <param name="recording">A number of its own among the bindings of the session, 1 or more.</param>
    /// <param name="rows">How many rows inputs have whose number of rows changes, by name; others keep the shape they
    /// are first set in.</param>
    /// <exception cref="InvalidOperationException">The session does not record, or an input was set.</exception>
    public void KeepPlaces(int recording, IReadOnlyDictionary<string, FixedRows> rows)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        ArgumentOutOfRangeException.ThrowIfLessThan(recording, 1);
        if (!_session.Options.RecordsRuns || _batch.Count > 0 || _recording is not null)
        {
            throw new InvalidOperationException(
                $"{_session.Name}: inputs can keep their places in a session with {nameof(ExecutionOptions)}."
                + $"{nameof(ExecutionOptions.RecordsRuns)}, and before any of them is set.");
        }

        _recording = new Recording(_session.Options.Device, recording, rows);
    }

    /// <summary>
    /// Runs the graph as the device has recorded it, or records it: the first time takes several runs. Call it from one
    /// thread, which is what a recording belongs to.
    /// </summary>
    /// <exception cref="InvalidOperationException">Inputs do not keep their places, or ONNX Runtime is to allocate an
    /// output.</exception>
    /// <inheritdoc cref="Run" path="/exception"/>
    public void Play()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        _session.RequireOpen();
        if (_recording is null || _allocated.Count > 0)
        {
            throw new InvalidOperationException(
                $"{_session.Name}: a run is recorded where inputs keep their places and outputs are bound to buffers; "
                + $"call {nameof(KeepPlaces)} and bind them.");
        }

        if (!_recording.IsPlayed)
        {
            BindCopiedInputs();
        }

        try
        {
            _session.Options.Device.Play(
                _held.Inference, _recording.Options, _io, _recording.Tensors(_inputs, _outputs));
        }
        catch (OnnxRuntimeException cause)
        {
            throw RuntimeFailureException.From(
                _session.Name, "recording the graph or playing it back", cause, _session.Options.Device);
        }

        _recording.IsPlayed = true;
    }

    private void SetInPlace<T>(string name, ReadOnlySpan<T> data, ReadOnlySpan<long> shape, ElementType type)
        where T : unmanaged
    {
        PlacedInput input = _recording!.Place<T>(name, shape, type, out bool isNew);
        input.Write(data, shape);
        if (isNew)
        {
            Bind(name, input.Tensor.Value, isInput: true);
        }
    }

    /// <summary>The inputs that are set, at their places.</summary>
    private sealed class Recording : IDisposable
    {
        private readonly Device _device;
        private readonly int _number;
        private readonly IReadOnlyDictionary<string, FixedRows> _rows;
        private readonly Dictionary<string, PlacedInput> _placed = [];
        private RecordedTensors? _tensors;

        public Recording(Device device, int number, IReadOnlyDictionary<string, FixedRows> rows)
        {
            (_device, _number, _rows) = (device, number, rows);
            device.Assign(Options, number);
        }

        public RunOptions Options { get; } = new();

        public bool IsPlayed { get; set; }

        public PlacedInput Place<T>(string name, ReadOnlySpan<long> shape, ElementType type, out bool isNew)
            where T : unmanaged
        {
            isNew = !_placed.TryGetValue(name, out PlacedInput? input);
            if (isNew)
            {
                int width = Unsafe.SizeOf<T>();
                FixedRows? rows = _rows.TryGetValue(name, out FixedRows found) ? found : null;
                input = _placed[name] = new PlacedInput(_device, name, type, width, shape, rows);
                _tensors = null;
            }

            return input!;
        }

        public void BindInputs(Action<string, OrtValue> bind)
        {
            foreach ((string name, PlacedInput input) in _placed)
            {
                bind(name, input.Tensor.Value);
            }
        }

        public RecordedTensors Tensors(
            Dictionary<string, BoundTensor> inputs, Dictionary<string, BoundTensor> outputs) =>
            _tensors ??= new RecordedTensors(
                _number,
                inputs.Concat(_placed.Select(place => KeyValuePair.Create(place.Key, place.Value.Tensor)))
                    .ToDictionary(),
                outputs);

        public void Dispose()
        {
            Options.Dispose();
            foreach (PlacedInput input in _placed.Values)
            {
                input.Dispose();
            }
        }
    }
}
