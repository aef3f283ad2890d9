using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Runtime.Updates;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Tests.Training.Averaging;

/// <summary>
/// Every kind in methods/averaging.json over its one trajectory, but for the moving average whose decay rises, which no
/// method has; settings are read from the kind's name.
/// </summary>
public partial class AveragingGoldenTests
{
    [Test]
    public void Every_average_follows_the_reference()
    {
        using var golden = JsonDocument.Parse(File.ReadAllText(SharedFiles.Golden("methods", "averaging.json")));
        var trajectory = golden.RootElement.GetProperty("trajectory").Deserialize<double[][]>()!;
        var checkedKinds = 0;
        Assert.Multiple(() =>
        {
            var kinds = golden.RootElement.EnumerateObject().Where(k => k.Name is not ("trajectory" or "note")
                && !k.Name.StartsWith("ema_warmup", StringComparison.Ordinal));
            foreach (var kind in kinds)
            {
                var states = kind.Name == "swag"
                    ? Moments(trajectory).Zip(new[] { "mean", "variance" }.Select(n => Row(kind.Value.GetProperty(n))))
                    : Averages(kind.Name, trajectory).Zip(kind.Value.EnumerateArray().Select(Row));
                foreach (var (actual, expected) in states)
                {
                    Compare(kind.Name, actual, expected);
                }

                checkedKinds++;
            }
        });
        Assert.That(checkedKinds, Is.Positive);
    }

    private static IEnumerable<float[]> Averages(string kind, double[][] trajectory)
    {
        if (Lawa().Match(kind) is { Success: true } lawa)
        {
            return Latest(trajectory, int.Parse(lawa.Groups[1].Value, CultureInfo.InvariantCulture));
        }

        if (kind == "swa")
        {
            return Running(trajectory, new EqualShares());
        }

        if (Ema().Match(kind) is { Success: true } ema)
        {
            return Running(trajectory, new ExponentialDecay { Decay = Number(ema.Groups[1].Value.Replace('_', '.')) });
        }

        throw new NotSupportedException($"averaging.json has kind '{kind}', which no average here implements.");
    }

    private static IEnumerable<float[]> Running(double[][] trajectory, AveragingRule rule)
    {
        using var average = new WeightAverage(Device.Default, Layout(trajectory), rule);
        for (var step = 0; step < trajectory.Length; step++)
        {
            average.Update(Padded(trajectory[step]), step + 1);
            yield return average.Buffer.Span.ToArray();
        }
    }

    private static IEnumerable<float[]> Latest(double[][] trajectory, int window)
    {
        using var latest = new LatestWeights(Device.Default, Layout(trajectory), window);
        for (var step = 0; step < trajectory.Length; step++)
        {
            latest.Update(Padded(trajectory[step]), step + 1);
            latest.Refresh();
            yield return latest.Buffer.Span.ToArray();
        }
    }

    private static float[][] Moments(double[][] trajectory)
    {
        using var moments = new WeightMoments(Device.Default, Layout(trajectory));
        for (var step = 0; step < trajectory.Length; step++)
        {
            moments.Update(Padded(trajectory[step]), step + 1);
        }

        var variance = new float[Layout(trajectory).Length];
        moments.Variance(variance);
        return [moments.Buffer.Span.ToArray(), variance];
    }

    private static void Compare(string kind, float[] actual, double[] expected)
    {
        var tolerance = 1e-6 * expected.Max(Math.Abs);
        for (var i = 0; i < expected.Length; i++)
        {
            Assert.That((double)actual[i], Is.EqualTo(expected[i]).Within(tolerance), $"{kind} [{i}]");
        }
    }

    private static WeightLayout Layout(double[][] trajectory) =>
        WeightLayout.Pack([("w", [trajectory[0].Length], true)]);

    private static float[] Padded(double[] values)
    {
        var padded = new float[Layout([values]).Length];
        for (var i = 0; i < values.Length; i++)
        {
            padded[i] = (float)values[i];
        }

        return padded;
    }

    private static double[] Row(JsonElement values) => values.Deserialize<double[]>()!;

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    [GeneratedRegex("^lawa_last([0-9]+)$")]
    private static partial Regex Lawa();

    [GeneratedRegex("^ema_decay_([0-9_]+)$")]
    private static partial Regex Ema();
}
