using OrtTrainer.Graph;
using static OrtTrainer.Runtime.OnDevice.TrainingFunctions;

namespace OrtTrainer.Runtime.OnDevice;

/// <summary>
/// ONNX Runtime's own training session with the checkpoint that it changes: what <c>TrainingSession</c> and
/// <c>CheckpointState</c> of the managed package are. For one thread at a time.
/// </summary>
public sealed unsafe class OnDeviceSession : IDisposable
{
    private readonly TrainingFunctions _functions;
    private readonly void* _env;
    private readonly void* _options;
    private readonly void* _memory;
    private readonly void* _state;
    private readonly void* _session;
    private readonly int _outputs;
    private bool _disposed;

    /// <summary>Loads a checkpoint and the models that train it.</summary>
    /// <param name="library">Whose functions are called.</param>
    /// <param name="checkpoint">The file of weights.</param>
    /// <param name="trainingModel">Forward and backward pass.</param>
    /// <param name="evaluationModel">Forward pass with the loss.</param>
    /// <param name="optimizerModel">The step.</param>
    /// <param name="threads">Threads of an operator, 1 or more.</param>
    /// <exception cref="RuntimeFailureException">The library refuses a file.</exception>
    public OnDeviceSession(
        TrainingLibrary library, string checkpoint, string trainingModel, string evaluationModel,
        string optimizerModel, int threads)
    {
        _functions = library.Functions;
        try
        {
            _env = _functions.CreateEnv();
            _options = _functions.CreateSessionOptions(threads);
            _memory = _functions.CreateCpuMemoryInfo();
            _state = _functions.LoadCheckpoint(checkpoint);
            _session = _functions.CreateSession(
                _env, _options, _state, trainingModel, evaluationModel, optimizerModel);
            InputNames = _functions.InputNames(_session);
            _outputs = _functions.OutputCount(_session);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>What a training step takes, in its order.</summary>
    public IReadOnlyList<string> InputNames { get; } = [];

    /// <summary>Runs forward and backward pass; gradients are added to those since the last reset.</summary>
    /// <param name="inputs">A tensor for each of <see cref="InputNames"/>.</param>
    /// <returns>The loss, the first output.</returns>
    /// <exception cref="RuntimeFailureException">The library refuses it.</exception>
    public float TrainStep(IReadOnlyList<HostTensor> inputs)
    {
        RequireOpen();
        void*[] given = new void*[inputs.Count];
        void*[] made = new void*[_outputs];
        System.Buffers.MemoryHandle[] pins = [.. inputs.Select(input => input.Pin())];
        try
        {
            for (int i = 0; i < inputs.Count; i++)
            {
                given[i] = _functions.CreateTensor(
                    _memory, pins[i].Pointer, inputs[i].ByteLength, inputs[i].Shape, (int)inputs[i].ElementType);
            }

            _functions.TrainStep(_session, given, made);
            return *(float*)_functions.GetTensorData(made[0]);
        }
        finally
        {
            for (int i = 0; i < inputs.Count; i++)
            {
                _functions.Release(Owned.Value, given[i]);
                pins[i].Dispose();
            }

            foreach (void* output in made)
            {
                _functions.Release(Owned.Value, output);
            }
        }
    }

    /// <summary>The rate of the next optimizer steps; after loading 0.001, whatever the checkpoint says.</summary>
    public void SetLearningRate(float rate)
    {
        RequireOpen();
        _functions.SetLearningRate(_session, rate);
    }

    /// <summary>Changes the parameters by their gradients, which stay until they are reset.</summary>
    public void OptimizerStep()
    {
        RequireOpen();
        _functions.OptimizerStep(_session);
    }

    /// <summary>Lets the next training step overwrite gradients.</summary>
    public void LazyResetGradients()
    {
        RequireOpen();
        _functions.LazyResetGrad(_session);
    }

    /// <summary>Elements of the flat buffer of parameters.</summary>
    /// <param name="trainableOnly">Whether those that are frozen are left out.</param>
    public long BufferLength(bool trainableOnly)
    {
        RequireOpen();
        return _functions.GetParametersSize(_session, trainableOnly);
    }

    /// <summary>Copies the parameters to a flat buffer, one after another in the order of the training model.</summary>
    /// <param name="buffer">As long as <see cref="BufferLength"/>, in host memory.</param>
    /// <param name="trainableOnly">Whether those that are frozen are left out.</param>
    public void ToBuffer(WeightBuffer buffer, bool trainableOnly) => WithValue(buffer, trainableOnly,
        (value, only) => _functions.CopyParametersToBuffer(_session, (void*)value, only));

    /// <summary>Sets the parameters from a flat buffer.</summary>
    /// <inheritdoc cref="ToBuffer" path="/param"/>
    public void FromBuffer(WeightBuffer buffer, bool trainableOnly) => WithValue(buffer, trainableOnly,
        (value, only) => _functions.CopyBufferToParameters(_session, (void*)value, only));

    /// <summary>Writes the checkpoint with the parameters of now.</summary>
    /// <param name="path">The file.</param>
    /// <param name="withOptimizer">Whether with the moments and the count of steps.</param>
    public void SaveCheckpoint(string path, bool withOptimizer)
    {
        RequireOpen();
        _functions.SaveCheckpoint(_state, path, withOptimizer);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }

        // The checkpoint's state has to outlive the session.
        _disposed = true;
        _functions.Release(Owned.Session, _session);
        _functions.Release(Owned.CheckpointState, _state);
        _functions.Release(Owned.MemoryInfo, _memory);
        _functions.Release(Owned.SessionOptions, _options);
        _functions.Release(Owned.Env, _env);
    }

    private void WithValue(WeightBuffer buffer, bool trainableOnly, Action<IntPtr, bool> copy)
    {
        RequireOpen();
        long length = BufferLength(trainableOnly);
        if (buffer.Length != length)
        {
            throw new ArgumentException(
                $"The buffer has {buffer.Length} elements; the session has {length}.", nameof(buffer));
        }

        void* value = _functions.CreateTensor(
            _memory, buffer.Pointer, (nuint)length * sizeof(float), [length], (int)ElementType.Float);
        try
        {
            copy((IntPtr)value, trainableOnly);
        }
        finally
        {
            _functions.Release(Owned.Value, value);
        }
    }

    private void RequireOpen() => ObjectDisposedException.ThrowIf(_disposed, this);
}
