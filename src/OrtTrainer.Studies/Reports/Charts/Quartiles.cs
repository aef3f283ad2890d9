namespace OrtTrainer.Studies.Reports.Charts;

/// <summary>Quartiles by linear interpolation between order statistics (Hyndman and Fan 1996, definition 7).</summary>
internal readonly record struct Quartiles(double First, double Median, double Third)
{
    /// <param name="values">One or more finite values, in any order.</param>
    public static Quartiles Of(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return new Quartiles(At(sorted, 0.25), At(sorted, 0.5), At(sorted, 0.75));
    }

    private static double At(double[] sorted, double share)
    {
        double place = (sorted.Length - 1) * share;
        int below = (int)place;
        double low = sorted[below];
        return low + ((sorted[Math.Min(below + 1, sorted.Length - 1)] - low) * (place - below));
    }
}
