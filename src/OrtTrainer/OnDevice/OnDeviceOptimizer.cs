using System.Runtime.InteropServices;
using OrtTrainer.Checkpoints.OnDevice;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.OnDevice;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.OnDevice;

/// <summary>
/// The optimizer of a session of ONNX Runtime as that of a run: a step is the session's own, after which its flat
/// buffer is copied to the weights of the run. Moments lie in the session, and are fetched when they are asked for.
/// </summary>
/// <param name="weights">Where the weights lie.</param>
/// <param name="device">The memory of the moments.</param>
/// <param name="moments">PyTorch's names for the moments, in the runtime's order.</param>
internal sealed class OnDeviceOptimizer(WeightLayout weights, Device device, params IReadOnlyList<string> moments)
    : Optimizer(weights)
{
    private readonly OptimizerState[] _states =
        [.. moments.Select(name => new OptimizerState(name, new WeightBuffer(device, weights.Length)))];

    private (OnDeviceSession Session, StoredParameters Parameters, WeightBuffer Flat, string Folder)? _open;
    private long _fetched;

    protected override IReadOnlyList<OptimizerState> Buffers => _states;

    /// <summary>Steps by a session from now on.</summary>
    /// <param name="session">It begins with the weights and moments of now.</param>
    /// <param name="parameters">The parameters that it trains.</param>
    /// <param name="flat">As long as its buffer.</param>
    /// <param name="folder">For a file that is gone again at once.</param>
    public void Open(OnDeviceSession session, StoredParameters parameters, WeightBuffer flat, string folder)
    {
        _open = (session, parameters, flat, folder);
        _fetched = Steps;
    }

    /// <summary>Lets go of the session; moments stay as they were last asked for.</summary>
    public void Close() => _open = null;

    /// <summary>The moments as a checkpoint of a device has them; null before the first step.</summary>
    /// <param name="layout">Where each parameter lies.</param>
    /// <param name="trained">The names of the tensors that are trained.</param>
    public DeviceOptimizerState? ToState(ParameterLayout layout, IReadOnlySet<string> trained)
    {
        if (Steps == 0)
        {
            return null;
        }

        var byTensor =
            from state in States
            from tensor in StoredTensors.Of(layout, state.Values)
            where trained.Contains(tensor.Name)
            group tensor by tensor.Name;
        return new DeviceOptimizerState(
            Steps, InitialLearningRate: 0,
            byTensor.ToDictionary(same => same.Key, same => (IReadOnlyList<Checkpoints.TensorData>)[.. same]));
    }

    /// <summary>Sets the weights of the session to those of a run.</summary>
    public void Send(WeightBuffer parameters)
    {
        (OnDeviceSession session, StoredParameters stored, WeightBuffer flat, _) = Opened();
        stored.Put(parameters, flat);
        session.FromBuffer(flat, trainableOnly: true);
    }

    /// <summary>A step of the session: it has the gradients, and clips them itself.</summary>
    protected override void Update(in StepInputs inputs, long step)
    {
        (OnDeviceSession session, StoredParameters stored, WeightBuffer flat, _) = Opened();
        session.SetLearningRate((float)inputs.LearningRate);
        session.OptimizerStep();
        session.LazyResetGradients();
        session.ToBuffer(flat, trainableOnly: true);
        stored.Take(flat, inputs.Parameters);
        if (inputs.Average is { } average)
        {
            average.Device.Arithmetic.Blend(inputs.Parameters, average, (float)inputs.AverageWeight);
        }
    }

    protected override void FetchStates()
    {
        if (_open is not var (session, stored, _, folder) || _fetched == Steps)
        {
            return;
        }

        string path = Path.Combine(folder, "checkpoint.moments");
        session.SaveCheckpoint(path, withOptimizer: true);
        using (DeviceCheckpointFile file = DeviceCheckpointFile.OpenFile(path))
        {
            foreach (string name in stored.Names)
            {
                foreach ((OptimizerState state, var moment) in _states.Zip(file.Optimizer!.Moments[name]))
                {
                    List<float> values = new(moment.ElementCount);
                    moment.Visit(bytes => values.AddRange(MemoryMarshal.Cast<byte, float>(bytes)));
                    stored.Take(name, CollectionsMarshal.AsSpan(values), state.Values);
                }
            }
        }

        File.Delete(path);
        File.Delete(path + CheckpointSchema.DataSuffix);
        _fetched = Steps;
    }

    private (OnDeviceSession, StoredParameters, WeightBuffer, string) Opened() => _open
        ?? throw new InvalidOperationException("The session was not begun, or has ended.");
}

/// <summary>Makes the optimizer of a run whose steps a session of ONNX Runtime takes.</summary>
/// <param name="Constants">Its constants, as a graph.</param>
internal sealed record OnDeviceOptimizerOptions(Artifacts.ArtifactOptimizer Constants) : OptimizerOptions
{
    /// <inheritdoc/>
    public override Optimizer Create(WeightUpdates updates, WeightLayout layout) => Constants.IsSgd
        ? new OnDeviceOptimizer(layout, updates.Device, "momentum")
        : new OnDeviceOptimizer(layout, updates.Device, "exp_avg", "exp_avg_sq");
}
