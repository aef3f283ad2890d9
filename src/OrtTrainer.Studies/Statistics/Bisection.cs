namespace OrtTrainer.Studies.Statistics;

/// <summary>The root of a rising function.</summary>
internal static class Bisection
{
    /// <summary>Halves the bracket until no number lies between its ends.</summary>
    /// <param name="rising">A function that is 0 or less at <paramref name="low"/> and 0 or more at
    /// <paramref name="high"/>.</param>
    /// <param name="low">Lower end of the bracket.</param>
    /// <param name="high">Upper end of the bracket.</param>
    public static double Root(Func<double, double> rising, double low, double high)
    {
        while (true)
        {
            double middle = low + ((high - low) / 2);
            if (middle <= low || middle >= high)
            {
                return middle;
            }

            (low, high) = rising(middle) < 0 ? (middle, high) : (low, middle);
        }
    }
}
