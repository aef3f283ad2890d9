using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Runtime;

namespace OrtTrainer.Models;

/// <summary>
/// A model folder in Hugging Face layout: configuration and weights, either of which may be changed on loading, and
/// weights by an adapter that is merged into them.
/// </summary>
internal sealed class PretrainedModel : IDisposable
{
    private readonly Checkpoint? _checkpoint;
    private readonly TensorNames _names;
    private readonly PeftAdapter? _adapter;

    private PretrainedModel(
        string folder, Architecture architecture, Checkpoint? checkpoint, TensorNames names,
        PeftAdapter? adapter = null)
    {
        _adapter = adapter;
        Folder = folder;
        Architecture = architecture;
        _checkpoint = checkpoint;
        _names = names;
    }

    /// <summary>The folder it was read from.</summary>
    public string Folder { get; }

    /// <summary>The configuration, with the number of layers that are kept.</summary>
    public ModelConfig Config => Architecture.Config;

    public Architecture Architecture { get; }

    /// <summary>Opens a folder; weights are read by <see cref="Load"/>.</summary>
    /// <param name="folder">Holds config.json and the weights.</param>
    /// <param name="fromScratch">Takes the configuration only; every parameter starts at random.</param>
    /// <param name="layers">The encoder layers to keep, in order, counted from 0; null keeps all.</param>
    /// <param name="dropout">Dropout everywhere, in [0, 1); null for the configuration's probabilities.</param>
    /// <param name="adapter">A folder of PEFT's with low-rank adapters, which are added to the weights; null for none.
    /// </param>
    /// <exception cref="RunException">The architecture is unknown or a layer does not exist.</exception>
    /// <exception cref="CheckpointException">A file is missing or damaged, or config.json and the weights do not belong
    /// together.</exception>
    public static PretrainedModel Open(
        string folder, bool fromScratch = false, IReadOnlyList<int>? layers = null,
        double? dropout = null, string? adapter = null)
    {
        (Architecture whole, Architecture kept) = Describe(ModelConfig.Load(folder), layers, dropout);
        TensorNames names = new(whole, layers);
        if (fromScratch)
        {
            return new(folder, kept, checkpoint: null, names);
        }

        Checkpoint checkpoint = Checkpoint.Open(folder);
        try
        {
            EncoderTensors.Require(whole, checkpoint);
            return new(
                folder, kept, checkpoint, names, adapter is null ? null : PeftAdapter.Open(adapter));
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>The model that a configuration describes, as it is and with the layers that are kept.</summary>
    /// <inheritdoc cref="Open" path="/param"/>
    /// <inheritdoc cref="Open" path="/exception"/>
    public static (Architecture Whole, Architecture Kept) Describe(
        ModelConfig config, IReadOnlyList<int>? layers, double? dropout)
    {
        Architecture whole = Architecture.For(config);
        if (dropout is { } probability)
        {
            whole = Architecture.For(whole.WithDropout(probability));
        }

        int depth = whole.Shape.Layers;
        if (layers?.Where(l => l < 0 || l >= depth).Select(l => (int?)l).FirstOrDefault() is { } missing)
        {
            throw new RunException(
                $"{whole.Config.Path}: the model has layers 0 to {depth - 1}; layer {missing} was asked for.");
        }

        return (whole, layers is null ? whole : Architecture.For(whole.WithLayers(layers)));
    }

    /// <summary>
    /// The names (id2label) of the outputs of the head that the checkpoint has; null where it has none, or has no names
    /// for them.
    /// </summary>
    /// <param name="head">The kind of head, with an output per label.</param>
    public IReadOnlyList<string>? OutputNames(ModelHead head) =>
        Config.NamesLabels && HasOutputs(head) ? Config.Id2Label : null;

    /// <summary>Whether the checkpoint has the last layer of a head, with as many outputs.</summary>
    public bool HasOutputs(ModelHead head) => _checkpoint is not null
        && PackedGraph.Evaluation(Architecture, head).Layout.Parameters
            .Where(p => p.HasRowPerOutput)
            .All(p => IsWhole(_checkpoint, p));

    /// <summary>Whether the checkpoint has a parameter, for as many outputs.</summary>
    public bool Has(ParameterSpec parameter) =>
        _checkpoint is not null && FindSource(_checkpoint, parameter) is not null;

    /// <summary>
    /// Fills a flat parameter buffer from the checkpoint; what it lacks of the head starts at random.
    /// </summary>
    /// <param name="layout">Where each parameter goes.</param>
    /// <param name="weights">Filled, [length of the layout].</param>
    /// <param name="seed">Fixes random values.</param>
    /// <param name="outputs">
    /// The names of the outputs: where the checkpoint names its own, those of the same name are taken, and others start
    /// at random. Null goes by their numbers, and takes none if there are more or fewer.
    /// </param>
    /// <returns>The names of the parameters that started at random.</returns>
    /// <exception cref="CheckpointException">A tensor of the encoder is absent, damaged or of another shape, or the
    /// adapter is of another model.</exception>
    public IReadOnlyList<string> Load(
        ParameterLayout layout, WeightBuffer weights, long seed, IReadOnlyList<string>? outputs = null)
    {
        bool followsNames = outputs is not null && Config.NamesLabels;
        List<string> initialized = [];
        foreach (ParameterSpec parameter in layout.Parameters)
        {
            (long offset, int length) = (layout.OffsetOf(parameter), checked((int)parameter.Length));
            if (followsNames && parameter.HasRowPerOutput && ReadRows(parameter) is { } rows)
            {
                weights.Write(offset, length, values => Fill(parameter, values, seed));
                if (!WriteByName(rows, outputs!, weights, offset, length))
                {
                    initialized.Add(parameter.Name);
                }
            }
            else if (_adapter?.HasWhole(_names.AllOf(parameter)) == true)
            {
                weights.Write(offset, length, values =>
                    _adapter.Read(parameter, _names.AllOf(parameter), values));
            }
            else if (_checkpoint is null || FindSource(_checkpoint, parameter) is not { } source)
            {
                weights.Write(offset, length, values => Fill(parameter, values, seed));
                initialized.Add(parameter.Name);
            }
            else
            {
                weights.Write(offset, length, values =>
                {
                    parameter.Storage.Read(_checkpoint, source, parameter.Shape, values);
                    _adapter?.AddTo(parameter, _names.AllOf(parameter), values);
                });
            }
        }

        _adapter?.RequireRead(Folder);
        return initialized;
    }

    public void Dispose()
    {
        _adapter?.Dispose();
        _checkpoint?.Dispose();
    }

    /// <summary>
    /// The tensor that holds a parameter; null where a parameter of the head is absent or fits other labels.
    /// </summary>
    private string? FindSource(Checkpoint checkpoint, ParameterSpec parameter)
    {
        string? found = _names.Find(checkpoint, parameter);
        return parameter.Place.IsHead && (found is null || IsForOtherLabels(checkpoint, found, parameter))
            ? null
            : found ?? _names.Of(parameter);
    }

    /// <summary>Whether a tensor of the last layer differs in the number of outputs alone.</summary>
    private static bool IsForOtherLabels(Checkpoint checkpoint, string found, ParameterSpec parameter) =>
        parameter.HasRowPerOutput
        && checkpoint.TryGet(found, out TensorInfo info)
        && info.Shape.Length == parameter.Shape.Count
        && info.Shape[0] != parameter.Shape[0]
        && info.Shape.Skip(1).SequenceEqual(parameter.Shape.Skip(1));

    /// <summary>Whether the checkpoint has a parameter in just its shape.</summary>
    private bool IsWhole(Checkpoint checkpoint, ParameterSpec parameter) =>
        _names.Find(checkpoint, parameter) is { } found
        && checkpoint.TryGet(found, out TensorInfo info)
        && info.Shape.SequenceEqual(parameter.Storage.ShapeFor(parameter.Shape));

    /// <summary>A parameter of the checkpoint's last layer, a row per label of its own; null where it has
    /// none.</summary>
    private float[]? ReadRows(ParameterSpec parameter)
    {
        ParameterSpec stored = parameter with { Shape = [Config.Id2Label.Count, .. parameter.Shape.Skip(1)] };
        if (_checkpoint is null || !IsWhole(_checkpoint, stored))
        {
            return null;
        }

        float[] rows = new float[stored.Length];
        stored.Storage.Read(_checkpoint, _names.Find(_checkpoint, stored)!, stored.Shape, rows);
        return rows;
    }

    /// <summary>Writes the rows of the outputs that the checkpoint has by name; false where it has none.</summary>
    private bool WriteByName(
        float[] rows, IReadOnlyList<string> outputs, WeightBuffer weights, long offset, int length)
    {
        int width = length / outputs.Count;
        List<string> known = [.. Config.Id2Label];
        int[] sources = [.. outputs.Select(name => known.IndexOf(name))];
        for (int output = 0; output < sources.Length; output++)
        {
            if (sources[output] >= 0)
            {
                weights.Write(offset + (output * width), rows.AsSpan(sources[output] * width, width));
            }
        }

        return sources.Any(source => source >= 0);
    }

    private void Fill(ParameterSpec parameter, Span<float> values, long seed) =>
        ParameterInitializer.Fill(parameter, values, Architecture.WeightDeviation, seed);
}
