using OrtTrainer.Calibration;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;

namespace OrtTrainer.Export;

/// <summary>What is exported: a classifier's weights and all that tells how to use them.</summary>
internal sealed record FineTunedModel
{
    private readonly int? _maxLength;

    /// <summary>The configuration the weights belong to, with the number of layers that are kept.</summary>
    public required ModelConfig Config { get; init; }

    /// <summary>What the outputs mean.</summary>
    public required ModelTask Task { get; init; }

    /// <summary>A name per output, in their order; for a regression usually <c>LABEL_0</c>.</summary>
    public required IReadOnlyList<string> Labels { get; init; }

    /// <summary>Where each parameter lies in <see cref="Parameters"/>.</summary>
    public required ParameterLayout Layout { get; init; }

    /// <summary>The weights to export: live or averaged.</summary>
    public required WeightBuffer Parameters { get; init; }

    /// <summary>The folder whose tokenizer goes along; null exports none, for models that are fed with ids.</summary>
    public string? TokenizerFolder { get; init; }

    /// <summary>
    /// The most tokens per example in training, 1 or more: the exported tokenizer truncates there. Null leaves what
    /// the tokenizer says, as far as the model has positions for it.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int? MaxLength
    {
        get => _maxLength;
        init => _maxLength = value is null or >= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MaxLength), value,
                $"MaxLength is {value}; expected 1 or more, or null.");
    }

    /// <summary>What was trained in place of the model, which goes along in files of its own; null for
    /// nothing.</summary>
    public TrainedAdapter? Adapter { get; init; }

    /// <summary>The temperature and thresholds fitted to these weights; null for none.</summary>
    public ModelCalibration? Calibration { get; init; }

    /// <summary>What stands on the encoder.</summary>
    public ModelHead Head => Task.Head(Labels.Count);

    /// <summary>The encoder the configuration describes.</summary>
    public Architecture Architecture => Architecture.For(Config);

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
