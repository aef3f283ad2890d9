using System.Globalization;

namespace OrtTrainer.Studies.Statistics;

/// <summary>Checks of what tests are given.</summary>
internal static class Samples
{
    private const string TooFew = "one run per method: no spread, no test; give 2 or more seeds, 5 is usual";

    /// <summary>Refuses a sample of fewer than two values, or with one that is not a finite number.</summary>
    /// <exception cref="ArgumentException">The sample is refused.</exception>
    public static void Check(ReadOnlySpan<double> values, string name)
    {
        if (values.Length < 2)
        {
            throw new ArgumentException($"{name} has {values.Length} values: {TooFew}.");
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (!double.IsFinite(values[i]))
            {
                throw new ArgumentException(
                    $"{name} has {values[i].ToString(CultureInfo.InvariantCulture)} at index {i}; expected finite "
                    + "numbers. Leave out runs without a score, in all methods alike.");
            }
        }
    }

    /// <summary>Refuses two samples, or pairs that are not complete.</summary>
    /// <exception cref="ArgumentException">The samples are refused.</exception>
    public static void CheckPairs(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        if (first.Length != second.Length)
        {
            throw new ArgumentException(
                $"A paired test needs a value of both for every seed; found {first.Length} and {second.Length}. Give "
                + "the same seeds to both, or take the unpaired test.");
        }

        CheckBoth(first, second);
    }

    /// <summary>Refuses either of two samples that need not pair.</summary>
    /// <exception cref="ArgumentException">A sample is refused.</exception>
    public static void CheckBoth(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        Check(first, "the first sample");
        Check(second, "the second sample");
    }

    /// <summary>Refuses fewer groups than a test needs, or one of them.</summary>
    /// <exception cref="ArgumentException">The groups are refused.</exception>
    public static void CheckGroups(IReadOnlyList<double[]> groups, int least)
    {
        ArgumentNullException.ThrowIfNull(groups);
        if (groups.Count < least)
        {
            throw new ArgumentException($"There are {groups.Count} groups; this test needs {least} or more.");
        }

        for (int i = 0; i < groups.Count; i++)
        {
            Check(groups[i], $"group {i}");
        }
    }
}
