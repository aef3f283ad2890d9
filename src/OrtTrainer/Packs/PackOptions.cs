using OrtTrainer.Common;
using OrtTrainer.Compilation;

namespace OrtTrainer.Packs;

/// <summary>What goes into a pack.</summary>
internal sealed record PackOptions
{
    /// <summary>The graphs: of a model's folder, for classification, with the last layers trained, or
    /// adapters beside them; those of all layers where their number is left out.</summary>
    public required CompileOptions Graphs { get; init; }

    /// <summary>How what stays as it is is stored; null for the most exact form that fits.</summary>
    public FrozenPrecision? Frozen { get; init; }

    /// <summary>The most bytes of the whole folder, 1 or more; null for no limit.</summary>
    public long? MaxBytes { get; init => field = value is { } n ? OptionRange.AtLeast(n, 1) : null; }

    /// <summary>Texts on which the stored weights are held against the model's own.</summary>
    public IReadOnlyList<string> Probes { get; init; } = [];

    /// <summary>A folder with programs that train the pack, which is copied in; null for none.</summary>
    public string? Runner { get; init; }

    /// <summary>Fixes what starts at random.</summary>
    public long Seed { get; init; } = 1;

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
