using OrtTrainer.Common;

namespace OrtTrainer.Training.Loss;

/// <summary>Softmax of one row in float64, shifted by its maximum so that no logit overflows.</summary>
internal static class Softmax
{
    /// <summary>Writes log softmax(logits / temperature).</summary>
    public static void LogProbabilities(ReadOnlySpan<double> logits, double temperature, Span<double> destination)
    {
        OptionRange.Above(temperature, 0, nameof(temperature));
        var maximum = double.NegativeInfinity;
        foreach (var logit in logits)
        {
            maximum = Math.Max(maximum, logit);
        }

        var sum = 0.0;
        for (var k = 0; k < logits.Length; k++)
        {
            destination[k] = (logits[k] - maximum) / temperature;
            sum += Math.Exp(destination[k]);
        }

        var logSum = Math.Log(sum);
        foreach (ref var value in destination)
        {
            value -= logSum;
        }
    }

    /// <summary>The number of rows of <paramref name="classes"/> values.</summary>
    /// <exception cref="ArgumentException">The values do not fill whole rows.</exception>
    public static int Rows(int values, int classes) =>
        classes > 0 && values % classes == 0
            ? values / classes
            : throw new ArgumentException($"{values} logits do not fill rows of {classes} classes.");
}
