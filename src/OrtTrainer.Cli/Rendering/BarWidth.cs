namespace OrtTrainer.Cli.Rendering;

/// <summary>How the columns of a line with a bar share the terminal's width.</summary>
internal static class BarWidth
{
    /// <summary>The columns between bar, steps and words, and one at the end that stays free.</summary>
    public const int Gaps = 3;

    private const int Least = 8;
    private const int Most = 40;

    /// <summary>The bar itself: a quarter of the terminal, within bounds.</summary>
    public static int Of(int terminal) => Math.Clamp(terminal / 4, Least, Most);

    /// <summary>Steps done of all, when all are done.</summary>
    public static int OfSteps(double total) => (2 * Figures.Count(total).Length) + 1;
}
