using System.Globalization;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>
/// How much an example counts by its label, beside any method; losses are then means weighted by it. One of the two
/// settings.
/// </summary>
public sealed record ClassWeights : RunPart
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

    internal override string LossText => Balanced
        ? "balanced classes"
        : "class weights " + string.Join(", ", ByLabel!.Select(l => FormattableString.Invariant($"{l.Key} {l.Value}")));

    /// <summary>Reads <c>balanced</c>, or weights such as <c>yes=2,no=1</c>.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static ClassWeights Parse(string text)
    {
        if (text == "balanced")
        {
            return new() { Balanced = true };
        }

        Dictionary<string, double> weights = [];
        foreach (string part in text.Split(','))
        {
            int equals = part.LastIndexOf('=');
            if (equals <= 0
                || !double.TryParse(part.AsSpan(equals + 1), CultureInfo.InvariantCulture, out double weight)
                || !weights.TryAdd(part[..equals], weight))
            {
                throw new FormatException(
                    $"has '{part}'; expected balanced, or a number for every label, such as yes=2,no=1.");
            }
        }

        return new() { ByLabel = weights };
    }

    internal override void Require(RunTraits run)
    {
        if (!run.Distribution.HasLabels)
        {
            throw new ArgumentException(
                $"{nameof(ClassWeights)} are for labels that exclude each other; the task is {run.Task}. Leave them " +
                "out.");
        }

        if (Balanced == ByLabel is not null)
        {
            throw new ArgumentException($"{nameof(ClassWeights)} are either balanced or given by label; found " +
                $"{(Balanced ? "both" : "neither")}.");
        }
    }

    /// <summary>The weight of each row of the targets, [R].</summary>
    /// <param name="data">The training data, of exclusive classes.</param>
    /// <exception cref="RunException">A label given is none of the data's.</exception>
    internal float[] Of(EncodedDataset data)
    {
        CategoricalTargets targets = (CategoricalTargets)data.Targets;
        double[] byClass = Balanced ? BalancedOf(targets) : NamedOf(data.Source.Labels!.Names, data.Source.Source);
        return SoftTargets.OneHot(targets.Ids, targets.Outputs, byClass).ToWeights();
    }

    private static double[] BalancedOf(CategoricalTargets targets)
    {
        int[] counts = targets.CountClasses();
        int all = counts.Sum();

        // A class without examples has no losses to weigh.
        return [.. counts.Select(n => n > 0 ? all / (counts.Length * (double)n) : 1)];
    }

    private double[] NamedOf(IReadOnlyList<string> names, string source) =>
        ByLabel!.Keys.FirstOrDefault(name => !names.Contains(name)) is { } unknown
            ? throw new RunException($"class_weights names the label '{unknown}', which {source} does not have; " +
                $"it has {string.Join(", ", names)}.")
            : [.. names.Select(name => ByLabel.GetValueOrDefault(name, 1))];

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
