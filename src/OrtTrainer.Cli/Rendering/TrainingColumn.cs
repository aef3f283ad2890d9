namespace OrtTrainer.Cli.Rendering;

/// <summary>A column of the table of a run's rows.</summary>
/// <param name="Name">Its head.</param>
/// <param name="Short">Its head where there is little room.</param>
/// <param name="Width">Columns of the terminal that its cells take at most.</param>
/// <param name="Rank">Those of a higher rank give way first; what has rank 0 always stays.</param>
/// <param name="Cell">Its text in a row.</param>
internal sealed record TrainingColumn(
    string Name, string Short, int Width, int Rank, Func<TrainingRow, string> Cell)
{
    /// <summary>Blanks between two columns.</summary>
    public const int Gap = 2;

    /// <summary>Columns that it takes with its head.</summary>
    /// <param name="shortened">Whether heads are short.</param>
    public int WidthWith(bool shortened) => Math.Max(Width, (shortened ? Short : Name).Length);

    /// <summary>As many of the columns as fit, in their order, and whether their heads are short.</summary>
    public static (IReadOnlyList<TrainingColumn> Columns, bool Shortened) Fitting(
        IReadOnlyList<TrainingColumn> columns, int width)
    {
        List<TrainingColumn> kept = [.. columns];
        while (true)
        {
            foreach (bool shortened in (bool[])[false, true])
            {
                if (kept.Sum(column => column.WidthWith(shortened) + Gap) - Gap <= width)
                {
                    return (kept, shortened);
                }
            }

            int last = kept.Max(column => column.Rank);
            if (last == 0)
            {
                return (kept, true);
            }

            kept.RemoveAll(column => column.Rank == last);
        }
    }
}
