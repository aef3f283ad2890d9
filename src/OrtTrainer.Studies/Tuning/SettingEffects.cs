using System.Globalization;
using System.Text.Json.Nodes;
using OrtTrainer.Evaluation;
using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Studies.Tuning;

/// <summary>Which settings went with better scores, as far as the trials show it.</summary>
internal static class SettingEffects
{
    private const int FewestTrials = 8;

    private const double Level = 0.05;

    /// <summary>
    /// A sentence for each setting with an order whose rank correlation with the score at the lowest rung is more than
    /// chance at the level 0.05, corrected for all of them by Holm's method; and one that says of which nothing is
    /// shown.
    /// </summary>
    public static IReadOnlyList<string> Of(TuneResult result)
    {
        Metric metric = result.Plan.Metric;
        List<(string Name, double Rho, double P, int Count)> tests = [];
        foreach ((int at, SearchDimension dimension) in result.Options.File.Dimensions.Index())
        {
            (double Value, double Score)[] pairs = [.. Pairs(result, at, dimension)];
            if (dimension.IsOrdered && pairs.Length >= FewestTrials)
            {
                double rho = Correlation.Spearman(
                    Array.ConvertAll(pairs, pair => pair.Value), Array.ConvertAll(pairs, pair => pair.Score));
                tests.Add((dimension.Name, rho, Probability(rho, pairs.Length), pairs.Length));
            }
        }

        if (tests.Count == 0)
        {
            return [$"Fewer than {FewestTrials} trials reached the first rung: too few to say which settings matter."];
        }

        double[] p = MultipleTests.Holm([.. tests.Select(test => test.P)]);
        List<string> words =
        [
            .. tests.Zip(p).Where(test => test.Second <= Level)
                .Select(test => Sentence(test.First, test.Second, metric)),
        ];
        string[] silent = [.. tests.Zip(p).Where(test => test.Second > Level).Select(test => test.First.Name)];
        if (silent.Length > 0)
        {
            words.Add($"Of {string.Join(", ", silent)} the trials show nothing; they may matter all the same.");
        }

        words.Add("Trials were chosen by earlier ones, and short stretches favor what learns fast: these are "
            + "observations, not effects.");
        return words;
    }

    private static IEnumerable<(double, double)> Pairs(TuneResult result, int at, SearchDimension dimension) =>
        from trial in result.State.Trials
        where trial.Scores.Count > 0 && trial.Scores[0] is not null && trial.Values[at] is not null
        let value = dimension is ChoiceDimension choice
            ? choice.Values[(int)trial.Values[at]!.Value] is JsonValue number
                && number.TryGetValue(out double read) ? read : double.NaN
            : trial.Values[at]!.Value
        where !double.IsNaN(value)
        select (value, trial.Scores[0]!.Value);

    /// <summary>Student's approximation to the distribution of Spearman's coefficient.</summary>
    private static double Probability(double rho, int count) => double.IsNaN(rho) ? 1
        : Math.Abs(rho) >= 1 ? 0
        : Distributions.StudentTwoSided(rho * Math.Sqrt((count - 2) / (1 - (rho * rho))), count - 2);

    private static string Sentence((string Name, double Rho, double P, int Count) test, double p, Metric metric) =>
        string.Create(CultureInfo.InvariantCulture,
            $"Higher {test.Name} went with {(test.Rho > 0 == metric.HigherIsBetter ? "better" : "worse")} scores at "
            + $"the first rung: rank correlation {test.Rho:0.00}, n = {test.Count}, p = {p:0.000} by Holm's method.");
}
