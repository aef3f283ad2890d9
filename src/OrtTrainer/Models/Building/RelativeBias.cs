using System.Numerics;

namespace OrtTrainer.Models.Building;

/// <summary>
/// What attention adds to its scores by the distance from query to key, as T5 has it (Raffel et al., 2020): a table
/// <c>name.weight</c> [buckets, heads], half of whose rows are for keys before the query or at it and half for keys
/// after it. All layers may name one table.
/// </summary>
/// <param name="Name">The name of the table.</param>
/// <param name="Buckets">Its rows, a multiple of 4.</param>
/// <param name="Furthest">
/// The distance from which on all are alike, more than a quarter of the rows; more than half of them where only keys
/// before the query have some.
/// </param>
internal sealed record RelativeBias(string Name, int Buckets, int Furthest)
{
    /// <summary>Whether all rows are for keys before the query or at it, because it sees none after it.</summary>
    public bool IsCausal { get; init; }

    /// <summary>The row of each distance from -<see cref="Furthest"/> to <see cref="Furthest"/>, key after query
    /// positive.</summary>
    public long[] Rows => [.. Enumerable.Range(-Furthest, (2 * Furthest) + 1).Select(BucketOf)];

    /// <summary>
    /// With n a quarter of the buckets, or half where they are for one direction: a distance d below n has a row of its
    /// own; further ones share n rows by their logarithm, n + ⌊n log(d / n) / log(furthest / n)⌋, the last of them
    /// without end.
    /// </summary>
    private long BucketOf(int distance)
    {
        int near = IsCausal ? Buckets / 2 : Buckets / 4;
        int away = IsCausal ? Math.Max(-distance, 0) : Math.Abs(distance);
        int row = away < near ? away : near;
        if (away >= near)
        {
            // Counts the k with (d / n)^n >= (furthest / n)^k in whole numbers: in floating point, a logarithm could
            // come out on either side of a boundary.
            BigInteger reached = BigInteger.Pow(away, near), needed = BigInteger.Pow(near, near);
            for (int k = 1; k < near; k++)
            {
                reached *= near;
                needed *= Furthest;
                row += reached >= needed ? 1 : 0;
            }
        }

        return row + (distance > 0 && !IsCausal ? 2 * near : 0);
    }
}
