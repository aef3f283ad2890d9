namespace OrtTrainer.Studies.Tuning;

/// <summary>How much each trial counts in an estimate, the prior coming last, as in hyperopt and Optuna.</summary>
internal static class ParzenWeights
{
    /// <summary>Trials that count fully; of more, older ones count less.</summary>
    public const int Full = 25;

    /// <summary>Weights of so many trials in their order and of the prior, whose sum is 1.</summary>
    public static double[] Of(int trials)
    {
        double[] weights = new double[trials + 1];
        Array.Fill(weights, 1.0);
        int older = trials - Full;
        for (int i = 0; i < older; i++)
        {
            double first = 1.0 / trials;
            weights[i] = older == 1 ? first : first + ((1 - first) * i / (older - 1));
        }

        double sum = weights.Sum();
        return Array.ConvertAll(weights, weight => weight / sum);
    }
}
