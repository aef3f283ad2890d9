namespace OrtTrainer.Studies.Statistics;

/// <summary>
/// Makes scores that differ by rounding alone equal, before any test sees them. Scores such as accuracies are multiples
/// of 1/N, so equal ones are common, but 0.1 + 0.2 is not 0.3 in binary: ranks would order what is equal, and a spread
/// of 1e-17 makes a t statistic of any size.
/// </summary>
/// <remarks>
/// Sorted values whose neighbors are within the tolerance count as one and become the middle of their group. Unlike
/// rounding to a grid, this has no boundary that equal values could lie on both sides of, and values that stand alone
/// keep all their digits.
/// </remarks>
internal static class EqualScores
{
    /// <summary>The values of one sample, in their order.</summary>
    /// <param name="values">Finite numbers, one or more.</param>
    public static double[] Of(ReadOnlySpan<double> values)
    {
        double[] merged = values.ToArray();
        Merge(merged, Tolerance(values));
        return merged;
    }

    /// <summary>The values of two samples, compared within each and between them.</summary>
    /// <param name="first">Finite numbers, one or more.</param>
    /// <param name="second">Finite numbers, one or more.</param>
    public static (double[] First, double[] Second) Of(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        double[] all = Of([.. first, .. second]);
        return (all[..first.Length], all[first.Length..]);
    }

    /// <summary>The values of several samples, compared within each and between them.</summary>
    /// <param name="samples">Samples of finite numbers, each of one or more.</param>
    public static double[][] Of(IReadOnlyList<double[]> samples)
    {
        double[] all = Of([.. samples.SelectMany(sample => sample)]);
        double[][] merged = new double[samples.Count][];
        int start = 0;
        for (int i = 0; i < merged.Length; i++)
        {
            merged[i] = all[start..(start + samples[i].Length)];
            start += samples[i].Length;
        }

        return merged;
    }

    /// <summary>
    /// Differences of pairs, second less first, [n]. What subtraction leaves of equal scores is 0, and differences of
    /// the same size are of exactly that size, whatever their signs.
    /// </summary>
    /// <param name="first">Finite numbers, [n], n 1 or more.</param>
    /// <param name="second">Finite numbers, [n], in the same order.</param>
    public static double[] Differences(ReadOnlySpan<double> first, ReadOnlySpan<double> second)
    {
        int count = first.Length;
        double[] signed = new double[count];
        // Zero takes part, at the end, so that what is within the tolerance of it becomes one with it.
        double[] sizes = new double[count + 1];
        for (int i = 0; i < count; i++)
        {
            signed[i] = second[i] - first[i];
            sizes[i] = Math.Abs(signed[i]);
        }

        Merge(sizes, Math.Max(Tolerance(first), Tolerance(second)));
        double zero = sizes[count];
        for (int i = 0; i < count; i++)
        {
            signed[i] = sizes[i] == zero ? 0 : Math.CopySign(sizes[i], signed[i]);
        }

        return signed;
    }

    /// <summary>
    /// Far above what a few operations on doubles lose, 2^-52 of the largest score each, and far below the difference
    /// of one example in a data set of any size.
    /// </summary>
    private static double Tolerance(ReadOnlySpan<double> values)
    {
        double largest = 0;
        foreach (double value in values)
        {
            largest = Math.Max(largest, Math.Abs(value));
        }

        return Math.ScaleB(largest, -44);
    }

    private static void Merge(double[] values, double tolerance)
    {
        double[] sorted = [.. values];
        int[] places = [.. Enumerable.Range(0, values.Length)];
        Array.Sort(sorted, places);
        for (int start = 0, end; start < sorted.Length; start = end)
        {
            end = start + 1;
            while (end < sorted.Length && sorted[end] - sorted[end - 1] <= tolerance)
            {
                end++;
            }

            (double low, double high) = (sorted[start], sorted[end - 1]);
            double middle = low == high ? low : (low / 2) + (high / 2);
            foreach (int place in places.AsSpan(start, end - start))
            {
                values[place] = middle;
            }
        }
    }
}
