using System.Runtime.InteropServices;
using System.Security.Cryptography;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;
using OrtTrainer.Runtime;

namespace OrtTrainer.Training;

/// <summary>
/// The weights of a model of which adapters are trained, and a few parameters whole: those that stay as they are, which
/// a training graph reads, and all of them with the adapters added in, W + scale · B·A, for graphs that know of none.
/// </summary>
internal sealed class AdaptedWeights : IFrozenWeights, IDisposable
{
    private readonly TrainingGraph _graph;
    private readonly ParameterLayout _model;
    private readonly HashSet<string> _own;
    private readonly WeightBuffer _merged;
    private readonly ParameterLayout _adapted;
    private readonly WeightBuffer _bases;

    /// <param name="graph">Trains the adapters.</param>
    /// <param name="model">Where the parameters of the whole model lie.</param>
    /// <param name="device">Where the weights lie.</param>
    public AdaptedWeights(TrainingGraph graph, ParameterLayout model, Device device)
    {
        _graph = graph;
        _model = model;
        _own = [.. model.Parameters.Select(parameter => parameter.Name)];
        HashSet<string> adapted = [.. graph.Adapted.SelectMany(layer => layer.Weights).Select(part => part.Name)];
        _adapted = new([.. graph.Frozen.Where(view => view.Parts.Any(part => adapted.Contains(part.Name)))]);
        _merged = new(device, model.Length);
        _bases = new(device, _adapted.Length);
    }

    /// <summary>Floats beside those that are trained.</summary>
    public long Length => _merged.Length + _bases.Length;

    /// <summary>Takes in the pre-trained model and starts what is trained: adapters that add nothing, and the model's
    /// own values.</summary>
    /// <param name="model">The pre-trained model.</param>
    /// <param name="trained">Filled, in the layout of the training graph.</param>
    /// <param name="seed">Fixes random values.</param>
    /// <param name="outputs">The names of the outputs; see <see cref="PretrainedModel.Load"/>.</param>
    /// <returns>The names of the model's parameters that started at random.</returns>
    public IReadOnlyList<string> Load(
        PretrainedModel model, WeightBuffer trained, long seed, IReadOnlyList<string>? outputs)
    {
        IReadOnlyList<string> initialized = model.Load(_model, _merged, seed, outputs);
        foreach (ParameterSpec part in _adapted.Parameters)
        {
            Copy(_merged, _model.OffsetOf(part), _bases, _adapted.OffsetOf(part), part);
        }

        foreach (ParameterSpec parameter in _graph.Layout.Parameters)
        {
            long offset = _graph.Layout.OffsetOf(parameter);
            if (_own.Contains(parameter.Name))
            {
                Copy(_merged, _model.OffsetOf(parameter), trained, offset, parameter);
            }
            else
            {
                trained.Write(offset, checked((int)parameter.Length), values => ParameterInitializer.Fill(
                    parameter, values, model.Architecture.WeightDeviation, seed));
            }
        }

        return initialized;
    }

    /// <inheritdoc/>
    public (WeightBuffer Weights, long Offset) Find(ParameterView frozen) => Find(frozen.Parts[0]);

    /// <summary>The whole model with what was trained.</summary>
    /// <param name="trained">Adapters and parameters, in the layout of the training graph; live or averaged.</param>
    /// <returns>One buffer for all calls, in the layout of the model: the next call changes it.</returns>
    public WeightBuffer Merge(WeightBuffer trained)
    {
        foreach (ParameterSpec parameter in _graph.Layout.Parameters.Where(part => _own.Contains(part.Name)))
        {
            Copy(trained, _graph.Layout.OffsetOf(parameter), _merged, _model.OffsetOf(parameter), parameter);
        }

        foreach (AdaptedLayer layer in _graph.Adapted)
        {
            layer.Merge(
                _graph.Layout.Read(trained, layer.Down), _graph.Layout.Read(trained, layer.Up), _graph.AdapterScale,
                part => _adapted.Read(_bases, part), (part, values) => _merged.Write(_model.OffsetOf(part), values));
        }

        return _merged;
    }

    /// <summary>Adds the weights that stay as they are to a hash.</summary>
    public void AppendTo(IncrementalHash hash)
    {
        foreach (ParameterSpec parameter in _graph.Frozen.SelectMany(view => view.Parts))
        {
            (WeightBuffer weights, long offset) = Find(parameter);
            weights.Read(offset, checked((int)parameter.Length), values =>
                hash.AppendData(MemoryMarshal.AsBytes(values)));
        }
    }

    public void Dispose()
    {
        _merged.Dispose();
        _bases.Dispose();
    }

    private (WeightBuffer Weights, long Offset) Find(ParameterSpec frozen) =>
        _adapted.Parameters.Any(other => other.Name == frozen.Name)
            ? (_bases, _adapted.OffsetOf(frozen))
            : (_merged, _model.OffsetOf(frozen));

    private static void Copy(WeightBuffer from, long start, WeightBuffer to, long offset, ParameterSpec parameter) =>
        from.Read(start, checked((int)parameter.Length), values => to.Write(offset, values));
}
