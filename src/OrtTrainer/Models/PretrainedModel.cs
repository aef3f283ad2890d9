using OrtTrainer.Checkpoints;
using OrtTrainer.Runtime;

namespace OrtTrainer.Models;

/// <summary>
/// A model folder in Hugging Face layout: configuration and weights, either of which may be changed on loading.
/// </summary>
public sealed class PretrainedModel : IDisposable
{
    private static readonly string[] DropoutFields =
        ["hidden_dropout_prob", "attention_probs_dropout_prob", "classifier_dropout"];

    private readonly Checkpoint? _checkpoint;
    private readonly IReadOnlyList<int> _layers;

    private PretrainedModel(string folder, ModelConfig config, Checkpoint? checkpoint, IReadOnlyList<int> layers)
    {
        Folder = folder;
        Config = config;
        Architecture = Architecture.For(config);
        _checkpoint = checkpoint;
        _layers = layers;
    }

    /// <summary>The folder it was read from.</summary>
    public string Folder { get; }

    /// <summary>The configuration, with the number of layers that are kept.</summary>
    public ModelConfig Config { get; }

    public Architecture Architecture { get; }

    /// <summary>Opens a folder; weights are read by <see cref="Load"/>.</summary>
    /// <param name="folder">Holds config.json and the weights.</param>
    /// <param name="fromScratch">Takes the configuration only; every parameter starts at random.</param>
    /// <param name="layers">The encoder layers to keep, in order, counted from 0; null keeps all.</param>
    /// <param name="dropout">Dropout everywhere, in [0, 1); null for the configuration's probabilities.</param>
    /// <exception cref="ModelException">The architecture is unknown or a layer does not exist.</exception>
    /// <exception cref="CheckpointException">A file is missing or damaged.</exception>
    public static PretrainedModel Open(
        string folder, bool fromScratch = false, IReadOnlyList<int>? layers = null,
        double? dropout = null)
    {
        ModelConfig config = ModelConfig.Load(folder);
        foreach (string field in dropout is null ? [] : DropoutFields)
        {
            config = config.With(field, dropout);
        }

        int depth = config.GetInt("num_hidden_layers");
        if (layers?.Where(l => l < 0 || l >= depth).Select(l => (int?)l).FirstOrDefault() is { } missing)
        {
            throw new ModelException(
                $"{config.Path}: the model has layers 0 to {depth - 1}; layer {missing} was asked for.");
        }

        layers ??= [.. Enumerable.Range(0, depth)];
        ModelConfig kept = config.With("num_hidden_layers", layers.Count);
        _ = Architecture.For(kept);
        return new(folder, kept, fromScratch ? null : Checkpoint.Open(folder), layers);
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
            string? source = _checkpoint is null ? null : FindSource(_checkpoint, parameter);
            if (source is null)
            {
                weights.Write(layout.OffsetOf(parameter), checked((int)parameter.Length), values =>
                    ParameterInitializer.Fill(parameter, values, Config.GetFloat("initializer_range", 0.02), seed));
                initialized.Add(parameter.Name);
            }
            else
            {
                _checkpoint!.ReadFloats(source, weights, layout.OffsetOf(parameter));
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
        string name = SourceLayerName(parameter.Name);
        string? found = Candidates(name).FirstOrDefault(candidate => checkpoint.TryGet(candidate, out _));
        if (IsHead(parameter.Name) && (found is null || IsForOtherLabels(checkpoint, found, parameter)))
        {
            return null;
        }

        found ??= name;
        checkpoint.Require(found, [.. parameter.Shape]);
        return found;
    }

    /// <summary>The name in the checkpoint of a layer that moved because others were left out.</summary>
    private string SourceLayerName(string name)
    {
        string prefix = Architecture.LayerPrefix;
        if (!name.StartsWith(prefix, StringComparison.Ordinal))
        {
            return name;
        }

        int end = name.IndexOf('.', prefix.Length);
        int layer = int.Parse(
            name.AsSpan(prefix.Length, end - prefix.Length), System.Globalization.CultureInfo.InvariantCulture);
        return $"{prefix}{_layers[layer]}{name[end..]}";
    }

    /// <summary>
    /// Names a parameter goes by: with and without the encoder's prefix (checkpoints of the bare encoder lack it), and
    /// with gamma and beta for norms, as the oldest files have them.
    /// </summary>
    private IEnumerable<string> Candidates(string name)
    {
        string bare = name.StartsWith(Architecture.BasePrefix, StringComparison.Ordinal)
            ? name[Architecture.BasePrefix.Length..]
            : name;
        foreach (string candidate in new[] { name, bare }.Distinct())
        {
            yield return candidate;
            yield return candidate.Replace("LayerNorm.weight", "LayerNorm.gamma", StringComparison.Ordinal)
                .Replace("LayerNorm.bias", "LayerNorm.beta", StringComparison.Ordinal);
        }
    }

    /// <summary>Whether a tensor of the last layer differs in the number of outputs alone.</summary>
    private bool IsForOtherLabels(Checkpoint checkpoint, string found, ParameterSpec parameter) =>
        !parameter.Name.StartsWith(Architecture.BasePrefix, StringComparison.Ordinal)
        && checkpoint.TryGet(found, out TensorInfo info)
        && info.Shape.Length == parameter.Shape.Count
        && info.Shape[0] != parameter.Shape[0]
        && info.Shape.Skip(1).SequenceEqual(parameter.Shape.Skip(1));

    private bool IsHead(string name) =>
        !name.StartsWith(Architecture.BasePrefix, StringComparison.Ordinal)
            || name.Contains(".pooler.", StringComparison.Ordinal);
}
