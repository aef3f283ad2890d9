using OrtTrainer.Common;

namespace OrtTrainer.Packs;

/// <summary>How a pack is trained.</summary>
internal sealed record PackTrainingOptions
{
    /// <summary>The labelled texts.</summary>
    public required string Train { get; init; }

    /// <summary>Labelled texts to score on at the end; null for none.</summary>
    public string? Test { get; init; }

    /// <summary>Where model and checkpoints go.</summary>
    public required string Output { get; init; }

    /// <summary>The column of the text.</summary>
    public string TextColumn { get; init; } = "text";

    /// <summary>The column of the label.</summary>
    public string LabelColumn { get; init; } = "label";

    /// <summary>Passes over the texts, above 0.</summary>
    public double Epochs { get; init => field = OptionRange.Above(value, 0); } = 10;

    /// <summary>Texts per step, 1 or more.</summary>
    public int BatchSize { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 16;

    /// <summary>The highest learning rate, above 0.</summary>
    public double LearningRate { get; init => field = OptionRange.Above(value, 0); } = 5e-4;

    /// <summary>The share of the steps over which the rate rises, in [0, 1).</summary>
    public double Warmup { get; init => field = OptionRange.Below(value, 0, 1); } = 0.06;

    /// <summary>The largest gradient norm, above 0.</summary>
    public double ClipNorm { get; init => field = OptionRange.Above(value, 0); } = 1;

    /// <summary>The share of the steps before weights are averaged, in [0, 1).</summary>
    public double AverageFrom { get; init => field = OptionRange.Below(value, 0, 1); } = 0.5;

    /// <summary>Fixes order and dropout.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>The most tokens of a text, 3 or more.</summary>
    public int MaxLength { get; init => field = (int)OptionRange.AtLeast((long)value, 3); } = 128;

    /// <summary>Threads, 1 or more.</summary>
    public int Threads { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = Environment.ProcessorCount;

    /// <summary>Steps between checkpoints, 1 or more; null for those of an epoch.</summary>
    public int? CheckpointEvery
    {
        get;
        init => field = value is { } steps ? (int)OptionRange.AtLeast((long)steps, 1) : null;
    }

    /// <summary>The most seconds, above 0; null for any number.</summary>
    public double? MaxSeconds { get; init => field = value is { } n ? OptionRange.Above(n, 0) : null; }

    /// <summary>The most bytes of memory, 1 or more; null for any number.</summary>
    public long? MaxMemory { get; init => field = value is { } n ? OptionRange.AtLeast(n, 1) : null; }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
