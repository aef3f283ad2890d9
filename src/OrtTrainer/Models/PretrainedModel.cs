using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Runtime;

namespace OrtTrainer.Models;

/// <summary>
/// A model folder in Hugging Face layout: configuration and weights, either of which may be changed on loading.
/// </summary>
internal sealed class PretrainedModel : IDisposable
{
    private readonly Checkpoint? _checkpoint;
    private readonly TensorNames _names;

    private PretrainedModel(string folder, Architecture architecture, Checkpoint? checkpoint, TensorNames names)
    {
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
    /// <exception cref="RunException">The architecture is unknown or a layer does not exist.</exception>
    /// <exception cref="CheckpointException">A file is missing or damaged, or config.json and the weights do not belong
    /// together.</exception>
    public static PretrainedModel Open(
        string folder, bool fromScratch = false, IReadOnlyList<int>? layers = null,
        double? dropout = null)
    {
        Architecture whole = Architecture.For(ModelConfig.Load(folder));
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

        Architecture kept = layers is null ? whole : Architecture.For(whole.WithLayers(layers.Count));
        TensorNames names = new(whole, layers);
        if (fromScratch)
        {
            return new(folder, kept, checkpoint: null, names);
        }

        Checkpoint checkpoint = Checkpoint.Open(folder);
        try
        {
            EncoderTensors.Require(whole, checkpoint);
            return new(folder, kept, checkpoint, names);
        }
        catch
        {
            checkpoint.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Fills a flat parameter buffer from the checkpoint; what it lacks of the head starts at random.
    /// </summary>
    /// <param name="layout">Where each parameter goes.</param>
    /// <param name="weights">Filled, [length of the layout].</param>
    /// <param name="seed">Fixes random values.</param>
    /// <returns>The names of the parameters that started at random.</returns>
    /// <exception cref="CheckpointException">A tensor of the encoder is absent, damaged or of another
    /// shape.</exception>
    public IReadOnlyList<string> Load(ParameterLayout layout, WeightBuffer weights, long seed)
    {
        List<string> initialized = [];
        foreach (ParameterSpec parameter in layout.Parameters)
        {
            (long offset, int length) = (layout.OffsetOf(parameter), checked((int)parameter.Length));
            if (_checkpoint is null || FindSource(_checkpoint, parameter) is not { } source)
            {
                weights.Write(offset, length, values =>
                    ParameterInitializer.Fill(parameter, values, Config.GetFloat("initializer_range", 0.02), seed));
                initialized.Add(parameter.Name);
            }
            else
            {
                weights.Write(offset, length, values =>
                    parameter.Storage.Read(_checkpoint, source, parameter.Shape, values));
            }
        }

        return initialized;
    }

    public void Dispose() => _checkpoint?.Dispose();

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
    private bool IsForOtherLabels(Checkpoint checkpoint, string found, ParameterSpec parameter) =>
        !parameter.Name.StartsWith(Architecture.BasePrefix, StringComparison.Ordinal)
        && checkpoint.TryGet(found, out TensorInfo info)
        && info.Shape.Length == parameter.Shape.Count
        && info.Shape[0] != parameter.Shape[0]
        && info.Shape.Skip(1).SequenceEqual(parameter.Shape.Skip(1));
}
