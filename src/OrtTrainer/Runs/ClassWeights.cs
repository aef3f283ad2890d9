using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Options;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Runs;

/// <summary>The weight of each class as a run's options and data make it.</summary>
internal static class ClassWeights
{
    /// <returns>A weight per row of the targets, [R]; null for equal weights.</returns>
    /// <exception cref="RunException">A label of the options is none of the data's.</exception>
    public static float[]? Of(FineTuneOptions options, EncodedDataset data)
    {
        if (options.ClassWeights is not { } weights)
        {
            return null;
        }

        CategoricalTargets targets = (CategoricalTargets)data.Targets;
        double[] byClass = weights.Balanced
            ? Balanced(targets)
            : ByLabel(weights.ByLabel!, data.Source.Labels!.Names, data.Source.Source);
        return SoftTargets.OneHot(targets.Ids, targets.Outputs, byClass).ToWeights();
    }

    private static double[] Balanced(CategoricalTargets targets)
    {
        int[] counts = targets.CountClasses();
        int all = counts.Sum();

        // A class without examples has no losses to weigh.
        return [.. counts.Select(n => n > 0 ? all / (counts.Length * (double)n) : 1)];
    }

    private static double[] ByLabel(
        IReadOnlyDictionary<string, double> weights, IReadOnlyList<string> names, string source) =>
        weights.Keys.FirstOrDefault(name => !names.Contains(name)) is { } unknown
            ? throw new RunException($"class_weights names the label '{unknown}', which {source} does not have; " +
                $"it has {string.Join(", ", names)}.")
            : [.. names.Select(name => weights.GetValueOrDefault(name, 1))];
}
