using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Options;

namespace OrtTrainer.Runs;

/// <summary>The weight of each class as a run's options and data make it.</summary>
internal static class ClassWeights
{
    /// <returns>[K]; empty for equal weights.</returns>
    /// <exception cref="RunException">A label of the options is none of the data's.</exception>
    public static double[] Of(FineTuneOptions options, Dataset data)
    {
        if (options.ClassWeights is not { } weights)
        {
            return [];
        }

        IReadOnlyList<string> names = data.Labels!.Names;
        if (weights.Balanced)
        {
            double[] counts = new double[names.Count];
            foreach (int id in data.LabelIds)
            {
                counts[id]++;
            }

            // A class without examples has no losses to weigh.
            return [.. counts.Select(n => n > 0 ? data.Count / (names.Count * n) : 1)];
        }

        if (weights.ByLabel!.Keys.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
        {
            throw new RunException($"class_weights names the label '{unknown}', which {data.Source} does not have; " +
                $"it has {string.Join(", ", names)}.");
        }

        return [.. names.Select(name => weights.ByLabel.GetValueOrDefault(name, 1))];
    }
}
