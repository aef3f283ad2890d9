using OrtTrainer.Randomness;

namespace OrtTrainer.Data;

/// <summary>
/// Divides rows into folds at random, each row into exactly one, so that all folds have the same mix of targets: labels
/// of a classifier, sets of labels, tenths of the order of numbers. The same seed gives the same folds on every
/// platform and .NET version.
/// </summary>
internal static class FoldSplit
{
    /// <summary>The fold of each row, from 0, [N]. Rows of one group are in one fold.</summary>
    /// <param name="data">What to divide; its examples have groups, all or none.</param>
    /// <param name="folds">2 or more.</param>
    /// <param name="seed">Fixes which rows are where.</param>
    /// <exception cref="DataFileException">There are fewer rows, or groups, than folds.</exception>
    public static int[] Of(Dataset data, int folds, ulong seed)
    {
        SeededRandom random = SeededRandom.For(seed, "folds");
        string?[] groups = [.. data.Examples.Select(example => example.Group).Distinct()];
        bool isGrouped = groups.Length > 1 || groups is [not null];
        int pieces = isGrouped ? groups.Length : data.Count;
        if (pieces < folds)
        {
            throw new DataFileException(data.Source, null,
                $"{pieces} {(isGrouped ? "groups" : "rows")} cannot be divided into {folds} folds; give fewer.");
        }

        return isGrouped ? Grouped(data, folds, random) : Dealt(data, folds, random);
    }

    /// <summary>Deals the rows of each stratum like cards, going on where the last stratum ended, so that folds differ
    /// by one row at most, in all and in every stratum.</summary>
    private static int[] Dealt(Dataset data, int folds, SeededRandom random)
    {
        int[] places = new int[data.Count];
        int next = 0;
        foreach (int[] stratum in data.Targets.Strata())
        {
            int[] rows = [.. stratum];
            random.Shuffle(rows);
            foreach (int row in rows)
            {
                places[row] = next;
                next = (next + 1) % folds;
            }
        }

        return places;
    }

    /// <summary>Puts groups, the largest first, where the shares of the strata come out most even.</summary>
    private static int[] Grouped(Dataset data, int folds, SeededRandom random)
    {
        IReadOnlyList<int[]> strata = data.Targets.Strata();
        int[] stratumOf = new int[data.Count];
        foreach ((int stratum, int[] rows) in strata.Index())
        {
            foreach (int row in rows)
            {
                stratumOf[row] = stratum;
            }
        }

        int[][] groups =
        [
            .. Enumerable.Range(0, data.Count).GroupBy(row => data.Examples[row].Group)
                .Select(group => group.ToArray()),
        ];
        int[] order = [.. Enumerable.Range(0, groups.Length)];
        random.Shuffle(order);
        int[] places = new int[data.Count];
        double[,] shares = new double[folds, strata.Count];
        int[] sizes = new int[folds];
        foreach (int[] group in order.Select(at => groups[at]).OrderByDescending(group => group.Length))
        {
            (int Stratum, double Share)[] own =
            [
                .. group.GroupBy(row => stratumOf[row])
                    .Select(same => (same.Key, (double)same.Count() / strata[same.Key].Length)),
            ];

            // The sum of squares of all shares grows least.
            int fold = Enumerable.Range(0, folds)
                .OrderBy(f => Math.Round(own.Sum(part => shares[f, part.Stratum] * part.Share), 12))
                .ThenBy(f => sizes[f]).First();
            foreach ((int stratum, double share) in own)
            {
                shares[fold, stratum] += share;
            }

            sizes[fold] += group.Length;
            foreach (int row in group)
            {
                places[row] = fold;
            }
        }

        return FilledUp(places, groups, sizes);
    }

    /// <summary>No fold stays empty: the smallest group of the fold with the most goes there.</summary>
    private static int[] FilledUp(int[] places, int[][] groups, int[] sizes)
    {
        while (Array.IndexOf(sizes, 0) is >= 0 and int empty)
        {
            int from = groups.GroupBy(group => places[group[0]]).MaxBy(fold => fold.Count())!.Key;
            int[] moved = groups.Where(group => places[group[0]] == from).MinBy(group => group.Length)!;
            foreach (int row in moved)
            {
                places[row] = empty;
            }

            sizes[from] -= moved.Length;
            sizes[empty] += moved.Length;
        }

        return places;
    }
}
