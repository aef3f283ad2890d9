namespace OrtTrainer.Training.Loss;

/// <summary>
/// Labels of which a share goes to other classes alike, at a temperature: smoothed labels, and the virtual teacher of
/// teacher-free regularization.
/// </summary>
/// <param name="Epsilon">The share, from 0 to below 1.</param>
/// <param name="SparesLabel">Whether the label gets none of it; otherwise it gets as much of it as any class.</param>
/// <param name="Temperature">Probabilities are proportional to their power 1 / temperature; above 0.</param>
internal readonly record struct SmoothedLabels(double Epsilon, bool SparesLabel, double Temperature = 1)
{
    /// <summary>What the label and each other class get of K; the label gets all of one.</summary>
    public (double OnLabel, double OnOthers) Of(int classes)
    {
        if (classes == 1)
        {
            return (1, 0);
        }

        double others = Epsilon / (SparesLabel ? classes - 1 : classes);
        double label = SparesLabel ? 1 - Epsilon : 1 - Epsilon + others;
        if (Temperature == 1)
        {
            return (label, others);
        }

        (label, others) = (Math.Pow(label, 1 / Temperature), Math.Pow(others, 1 / Temperature));
        double sum = label + ((classes - 1) * others);
        return (label / sum, others / sum);
    }

    /// <summary>The negative entropy of such a target over K classes, in nats.</summary>
    public double NegativeEntropy(int classes)
    {
        (double label, double others) = Of(classes);
        return TimesLogarithm(label) + ((classes - 1) * TimesLogarithm(others));
    }

    /// <summary>p log p, 0 for 0.</summary>
    internal static double TimesLogarithm(double p) => p > 0 ? p * Math.Log(p) : 0;
}
