using OrtTrainer.Common;

namespace OrtTrainer.Methods;

/// <summary>
/// How much an example counts by its label; losses are then means weighted by it. One of the two, or neither for equal
/// weights.
/// </summary>
public sealed record ClassWeightOptions
{
    /// <summary>N / (K n_label): every class counts the same in all.</summary>
    public bool Balanced { get; init; }

    /// <summary>The weight of each label by name, above 0; a label left out counts 1.</summary>
    /// <exception cref="ArgumentException">A weight is not above 0.</exception>
    public IReadOnlyDictionary<string, double>? ByLabel
    {
        get;
        init => field = value?.FirstOrDefault(w => !(w.Value > 0 && double.IsFinite(w.Value))) is { Key: not null } bad
            ? throw new ArgumentException(FormattableString.Invariant(
                $"{nameof(ByLabel)} has {bad.Value} for '{bad.Key}'; expected a number above 0."))
            : value;
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
