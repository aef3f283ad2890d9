using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;

namespace OrtTrainer.Models;

/// <summary>
/// One family of encoders: how its layers follow from a configuration. A new one is a class in Models/Architectures and
/// one line in <see cref="For"/>.
/// </summary>
public abstract class Architecture
{
    private static readonly Architecture[] Known = [new Architectures.Bert(), new Architectures.Roberta()];

    /// <summary>The <c>model_type</c> of config.json.</summary>
    public abstract string ModelType { get; }

    /// <summary>What precedes the encoder's tensors in a checkpoint with a head, such as <c>bert.</c>.</summary>
    public abstract string BasePrefix { get; }

    /// <summary>The class name Hugging Face gives the model with a classification head.</summary>
    public abstract string ClassificationClass { get; }

    /// <summary>What precedes the number of a layer in tensor names.</summary>
    public string LayerPrefix => BasePrefix + "encoder.layer.";

    /// <summary>The architecture that a configuration names.</summary>
    /// <exception cref="ModelException">It is not one of those known here.</exception>
    public static Architecture For(ModelConfig config) => Find(config)
        ?? throw new ModelException($"{config.Path}: model_type is '{config.ModelType}', which is not supported; " +
            $"supported are {string.Join(", ", Known.Select(a => a.ModelType))}.");

    /// <summary>As <see cref="For"/>; null where the architecture is not known here.</summary>
    public static Architecture? Find(ModelConfig config) =>
        Known.FirstOrDefault(a => a.ModelType == config.ModelType);

    /// <summary>The encoder: last hidden states, [T, width] packed or [B, S, width] padded.</summary>
    public abstract Value Encode(ModelBuilder m, ModelConfig config);

    /// <summary>The classification head on hidden states: [B, outputs].</summary>
    public abstract Value Classify(ModelBuilder m, ModelConfig config, long outputs, Value hidden);

    /// <summary>Whether the model tells first from second text by segment ids.</summary>
    public abstract bool HasTokenTypes(ModelConfig config);

    /// <summary>The longest sequence it has positions for.</summary>
    public abstract int MaxLength(ModelConfig config);
}
