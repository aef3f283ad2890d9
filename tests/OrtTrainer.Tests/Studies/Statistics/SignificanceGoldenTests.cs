using System.Text.Json;
using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Tests.Studies.Statistics;

/// <summary>methods/significance.json (SciPy and statsmodels), every value within 1e-9; the file has tests and
/// corrections more than studies use.</summary>
public sealed class SignificanceGoldenTests
{
    private const string File = "significance.json";

    [Test]
    public void Every_test_of_two_samples_gives_the_values_of_the_reference() => Compare("two_samples", part =>
    {
        foreach (JsonElement entry in part.EnumerateArray())
        {
            (double[] a, double[] b) = (Numbers(entry.GetProperty("a")), Numbers(entry.GetProperty("b")));
            foreach (JsonProperty value in entry.EnumerateObject().Where(p => p.Name is not ("a" or "b")))
            {
                Same(value.Value, TwoSamples(value.Name, a, b), value.Name);
            }
        }
    });

    [Test]
    public void The_test_of_several_methods_gives_the_values_of_the_reference()
    {
        using JsonDocument golden = Open();
        double[][] groups = [.. golden.RootElement.GetProperty("groups").EnumerateArray().Select(Numbers)];
        GroupRankTest friedman = GroupRankTest.Friedman(groups);
        Assert.Multiple(() => Same(golden.RootElement.GetProperty("friedman"),
            [("chi2", friedman.ChiSquared), ("p", friedman.P)], "friedman"));
    }

    [Test]
    public void The_correction_gives_the_values_of_the_reference() => Compare("corrections", part => Near(
        MultipleTests.Holm(Numbers(part.GetProperty("p"))), Numbers(part.GetProperty("holm")), "holm"));

    [Test]
    public void Every_McNemar_test_gives_the_value_of_the_reference() => Compare("mcnemar_exact", part =>
    {
        foreach (JsonElement entry in part.EnumerateArray())
        {
            McNemar test = McNemar.Of(entry.GetProperty("b").GetInt32(), entry.GetProperty("c").GetInt32());
            Near([test.P], [entry.GetProperty("p").GetDouble()], entry.GetRawText());
        }
    });

    [Test]
    public void Every_tail_gives_the_value_of_the_reference() => Compare("distributions", part =>
    {
        foreach (JsonProperty distribution in part.EnumerateObject().Where(property => property.Name != "f_sf"))
        {
            foreach (double[] row in distribution.Value.EnumerateArray().Select(Numbers))
            {
                double actual = distribution.Name switch
                {
                    "t_cdf" => Distributions.StudentCdf(row[0], row[1]),
                    "normal_cdf" => Distributions.NormalCdf(row[0]),
                    "chi2_sf" => Distributions.ChiSquaredUpper(row[0], row[1]),
                    _ => throw Unknown(distribution.Name),
                };
                Near([actual], [row[^1]], $"{distribution.Name} {string.Join(' ', row)}");
            }
        }
    });

    [Test]
    public void No_part_of_the_file_is_left_out()
    {
        using JsonDocument golden = Open();
        string[] known = ["two_samples", "groups", "anova", "friedman", "kruskal", "corrections", "mcnemar_exact",
            "distributions"];
        Assert.That(golden.RootElement.EnumerateObject().Select(part => part.Name), Is.EquivalentTo(known));
    }

    private static (string Name, double Value)[] TwoSamples(string kind, double[] a, double[] b)
    {
        (TTest paired, TTest welch, TTest student) = (TTest.Paired(a, b), TTest.Welch(a, b), TTest.Student(a, b));
        (RankTest signs, RankTest sums) = (WilcoxonSignedRank.Of(a, b), MannWhitney.Of(a, b));
        MeanDifference difference = MeanDifference.Paired(a, b);
        return kind switch
        {
            "paired_t" => [("t", paired.T), ("p", paired.P), ("df", paired.DegreesOfFreedom)],
            "welch_t" => [("t", welch.T), ("p", welch.P), ("df", welch.DegreesOfFreedom)],
            "student_t" => [("t", student.T), ("p", student.P)],
            "wilcoxon_exact" => Rank("w", signs),
            "mann_whitney_exact" => Rank("u", sums),
            "mean_difference_ci95" => [("0", difference.Lower), ("1", difference.Upper)],
            "cohen_d_paired" => [("", EffectSize.PairedD(a, b))],
            "std_a" => [("", SampleSummary.Of(a).StandardDeviation)],
            _ => throw Unknown(kind),
        };
    }

    // SciPy's "exact" takes ranks for different even where they are not, and its p is then no exact one.
    private static (string Name, double Value)[] Rank(string statistic, RankTest test) =>
        test.Distribution == NullDistribution.Exact
            ? [(statistic, test.Statistic), ("p", test.P)]
            : [(statistic, test.Statistic)];

    private static void Compare(string part, Action<JsonElement> check)
    {
        using JsonDocument golden = Open();
        Assert.Multiple(() => check(golden.RootElement.GetProperty(part)));
    }

    private static void Same(JsonElement expected, (string Name, double Value)[] actual, string what)
    {
        foreach ((string name, double value) in actual)
        {
            JsonElement element = expected.ValueKind switch
            {
                JsonValueKind.Object => expected.GetProperty(name),
                JsonValueKind.Array => expected[int.Parse(name)],
                _ => expected,
            };
            Near([value], [element.GetDouble()], $"{what} {name}");
        }
    }

    private static void Near(double[] actual, double[] expected, string what)
    {
        Assert.That(actual, Has.Length.EqualTo(expected.Length), what);
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.That(actual[i], Is.EqualTo(expected[i]).Within(1e-9 * Math.Abs(expected[i])), what);
        }
    }

    private static NotSupportedException Unknown(string kind) =>
        new($"{File} has '{kind}', which nothing here computes.");

    private static double[] Numbers(JsonElement array) => [.. array.EnumerateArray().Select(x => x.GetDouble())];

    private static JsonDocument Open() =>
        JsonDocument.Parse(System.IO.File.ReadAllText(SharedFiles.Golden("methods", File)));
}
