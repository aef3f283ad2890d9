using OrtTrainer.Evaluation;

namespace OrtTrainer.Calibration;

/// <summary>
/// Temperature scaling (Guo et al. 2017, On Calibration of Modern Neural Networks, section 4.2): logits z become z / T
/// with the one T > 0 under which the labels are likeliest. Which class is likeliest stays as it is.
/// </summary>
internal static class TemperatureFit
{
    /// <summary>The lowest temperature that is taken for a fit.</summary>
    public const double Lowest = 0.05;

    /// <summary>The highest temperature that is taken for a fit.</summary>
    public const double Highest = 20;

    private const int MostSteps = 200;

    /// <summary>
    /// The temperature of least mean negative log-likelihood, in float64. The likelihood is concave in 1 / T, so that
    /// Newton's steps kept within a bracket find its one maximum.
    /// </summary>
    /// <param name="decisions">Logits beside labels, of data that the model was not trained on.</param>
    /// <returns>T, or null where the likelihood grows beyond <see cref="Lowest"/> or <see cref="Highest"/>: where all
    /// decisions are right, or the logits say nothing.</returns>
    public static double? Of(ClassifiedExamples decisions)
    {
        (double low, double high) = (1 / Highest, 1 / Lowest);
        if (decisions.Count == 0 || Slopes(decisions, low).First >= 0 || Slopes(decisions, high).First <= 0)
        {
            return null;
        }

        double inverse = 1;
        for (int step = 0; step < MostSteps && high - low > 1e-12 * high; step++)
        {
            (double first, double second) = Slopes(decisions, inverse);
            (low, high) = first < 0 ? (inverse, high) : (low, inverse);
            double newton = inverse - (first / second);
            double next = newton > low && newton < high ? newton : (low + high) / 2;
            if (Math.Abs(next - inverse) <= 1e-13 * inverse)
            {
                return 1 / next;
            }

            inverse = next;
        }

        return 1 / inverse;
    }

    /// <summary>Mean negative log-likelihood of the labels under logits / T, in nats.</summary>
    public static double Loss(ClassifiedExamples decisions, double temperature)
    {
        double sum = 0;
        double[] powers = new double[decisions.Classes];
        for (int i = 0; i < decisions.Count; i++)
        {
            ReadOnlySpan<double> row = decisions.Logits.Slice(i * decisions.Classes, decisions.Classes);
            (double most, double total) = Powers(row, 1 / temperature, powers);
            sum += Math.Log(total) + most - (row[decisions.Labels[i]] / temperature);
        }

        return sum / decisions.Count;
    }

    /// <summary>First and second derivative of the mean loss by 1 / T: the mean logit less the label's, and the
    /// variance of the logits, both under the model's probabilities.</summary>
    private static (double First, double Second) Slopes(ClassifiedExamples decisions, double inverse)
    {
        (double first, double second) = (0, 0);
        double[] powers = new double[decisions.Classes];
        for (int i = 0; i < decisions.Count; i++)
        {
            ReadOnlySpan<double> row = decisions.Logits.Slice(i * decisions.Classes, decisions.Classes);
            (_, double total) = Powers(row, inverse, powers);
            double mean = 0;
            for (int k = 0; k < row.Length; k++)
            {
                mean += powers[k] / total * row[k];
            }

            for (int k = 0; k < row.Length; k++)
            {
                second += powers[k] / total * (row[k] - mean) * (row[k] - mean);
            }

            first += mean - row[decisions.Labels[i]];
        }

        return (first / decisions.Count, second / decisions.Count);
    }

    /// <summary>exp(z / T - max), the largest z / T, and their sum.</summary>
    private static (double Most, double Total) Powers(ReadOnlySpan<double> row, double inverse, double[] powers)
    {
        double most = row[ProbabilityScores.Argmax(row)] * inverse;
        double total = 0;
        for (int k = 0; k < row.Length; k++)
        {
            powers[k] = Math.Exp((row[k] * inverse) - most);
            total += powers[k];
        }

        return (most, total);
    }
}
