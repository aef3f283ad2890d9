using OrtTrainer.Randomness;

namespace OrtTrainer.Data;

/// <summary>
/// Splits rows in two at random so that both parts have the same mix of targets. The same seed gives the same split on
/// every platform and .NET version.
/// </summary>
internal static class StratifiedSplit
{
    /// <summary>The rows to train on and those held out, each in file order.</summary>
    /// <param name="data">What to split, at least two examples.</param>
    /// <param name="fraction">The share to hold out, in (0, 1).</param>
    /// <param name="seed">Fixes which rows are held out.</param>
    public static (int[] Kept, int[] HeldOut) Of(Dataset data, double fraction, ulong seed)
    {
        IReadOnlyList<int[]> strata = data.Targets.Strata();
        int total = Math.Clamp((int)Math.Round(data.Count * fraction), 1, data.Count - 1);
        int[] quotas = Quotas(strata, total, data.Count);
        SeededRandom random = SeededRandom.For(seed, "split");
        bool[] heldOut = new bool[data.Count];
        foreach ((int[] rows, int quota) in strata.Zip(quotas))
        {
            random.Shuffle(rows);
            foreach (int row in rows.AsSpan(0, quota))
            {
                heldOut[row] = true;
            }
        }

        ILookup<bool, int> parts = Enumerable.Range(0, data.Count).ToLookup(row => heldOut[row]);
        return ([.. parts[false]], [.. parts[true]]);
    }

    /// <summary>
    /// How many rows each stratum gives up: its share rounded down, and one more for the largest remainders until the
    /// total is right. Every stratum keeps a row to learn from, unless that makes the total unreachable.
    /// </summary>
    private static int[] Quotas(IReadOnlyList<int[]> strata, int total, int count)
    {
        int[] quotas = [.. strata.Select(rows => (int)((long)rows.Length * total / count))];
        int missing = total - quotas.Sum();
        int[] byRemainder =
        [
            .. Enumerable.Range(0, strata.Count).OrderByDescending(at => (long)strata[at].Length * total % count),
        ];
        for (int spare = 1; spare >= 0 && missing > 0; spare--)
        {
            // A second round is needed only where strata of one row could not give theirs up.
            for (bool given = true; given && missing > 0;)
            {
                given = false;
                foreach (int at in byRemainder.Where(at => quotas[at] + spare < strata[at].Length))
                {
                    if (missing == 0)
                    {
                        break;
                    }

                    quotas[at]++;
                    missing--;
                    given = true;
                }
            }
        }

        return quotas;
    }
}
