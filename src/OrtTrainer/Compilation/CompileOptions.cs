using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Tasks;

namespace OrtTrainer.Compilation;

/// <summary>Which graphs are compiled.</summary>
internal sealed record CompileOptions
{
    /// <summary>A folder with config.json, or such a file; no weights are read.</summary>
    public required string Model { get; init; }

    /// <summary>What is learned.</summary>
    public ModelTask Task { get; init; } = ModelTask.Default;

    /// <summary>Labels, 1 or more; null for those that the configuration names, and for tasks without.</summary>
    public int? Labels { get; init => field = value is { } n ? (int)OptionRange.AtLeast((long)n, 1) : null; }

    /// <summary>The layers to keep, in order, counted from 0; null for all.</summary>
    public IReadOnlyList<int>? Layers { get; init; }

    /// <summary>Whose loss is minimized. What a method does to a step or to weights is no part of a graph.</summary>
    public FineTuneMethod Method { get; init; } = FineTuneMethod.FineTune;

    /// <summary>The names of the labels in the order of the outputs; null for those of the configuration.</summary>
    public IReadOnlyList<string>? LabelNames { get; init; }

    /// <summary>How many layers, the last ones, are trained with the head, 0 or more; null for the whole
    /// model.</summary>
    public int? TrainLast { get; init => field = value is { } n ? (int)OptionRange.AtLeast((long)n, 0) : null; }

    /// <summary>Low-rank adapters that are trained with the head, and the layers themselves not; with
    /// <see cref="TrainLast"/>, beside so many of the last layers. Null for none.</summary>
    public Lora? Lora { get; init; }

    /// <summary>Dropout everywhere, in [0, 1); null for the probabilities of the configuration.</summary>
    public double? Dropout { get; init => field = value is { } p ? OptionRange.Below(p, 0, 1) : null; }

    /// <summary>Reads the configuration.</summary>
    /// <exception cref="CheckpointException">It is absent or malformed.</exception>
    public ModelConfig ReadConfig() =>
        Directory.Exists(Model) || !File.Exists(Model) ? ModelConfig.Load(Model) : ModelConfig.LoadFile(Model);

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
