namespace OrtTrainer.Models.Building;

/// <summary>Which row of a table of relative positions a distance between tokens has.</summary>
/// <param name="Rows">
/// The rows of the distances 1 - P to P - 1 from key to query, [2P - 1]; those beyond have the first and the last.
/// </param>
internal sealed record RelativeDistances(IReadOnlyList<long> Rows)
{
    /// <summary>
    /// The buckets of DeBERTa (He et al., 2021): every distance has a row of its own up to half of the buckets, and
    /// further ones share rows by their logarithm, up to the greatest distance there is.
    /// </summary>
    /// <param name="positions">Tokens of the longest sequence, P.</param>
    /// <param name="span">Half of the rows: distances from -span to span - 1 have one.</param>
    /// <param name="buckets">How many of them are told apart; 0 gives every distance its own.</param>
    /// <param name="greatest">The distance at which buckets end, more than half of them.</param>
    public static RelativeDistances Logarithmic(int positions, int span, int buckets, int greatest) => new(
        [.. Enumerable.Range(1 - positions, (2 * positions) - 1)
            .Select(distance => buckets > 0 ? Bucket(distance, buckets, greatest) : distance)
            .Select(bucket => (long)Math.Clamp(bucket + span, 0, (2 * span) - 1))]);

    // In float32, as the reference implementation has it: the last bit may decide on a bucket.
    private static int Bucket(int distance, int buckets, int greatest)
    {
        int middle = buckets / 2;
        if (Math.Abs(distance) <= middle)
        {
            return distance;
        }

        float share = MathF.Log(Math.Abs(distance) / (float)middle) / MathF.Log((greatest - 1) / (float)middle);
        return Math.Sign(distance) * ((int)MathF.Ceiling(share * (middle - 1)) + middle);
    }
}
