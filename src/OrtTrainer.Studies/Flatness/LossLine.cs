using OrtTrainer.Common;

namespace OrtTrainer.Studies.Flatness;

/// <summary>The loss along the straight line through two sets of weights.</summary>
/// <param name="From">The name of the weights at 0.</param>
/// <param name="To">The name of the weights at 1.</param>
/// <param name="Distance">How far apart they are: the Euclidean norm of their difference.</param>
/// <param name="Positions">The points, [P]: below 0 is beyond the first, above 1 beyond the second.</param>
/// <param name="Losses">The loss at each, [P].</param>
/// <param name="Scores">The score at each, [P].</param>
/// <param name="Barrier">
/// How far the loss between the two rises above the chord that joins their losses, at most over the points; 0 where it
/// nowhere does.
/// </param>
internal sealed record LossLine(
    string From, string To, double Distance, IReadOnlyList<double> Positions, IReadOnlyList<double> Losses,
    IReadOnlyList<double> Scores, double Barrier)
{
    /// <summary>Summarises the values along a line.</summary>
    /// <param name="from">The name of the weights at 0.</param>
    /// <param name="to">The name of the weights at 1.</param>
    /// <param name="distance">How far apart they are.</param>
    /// <param name="positions">The points, [P].</param>
    /// <param name="values">What was measured there, [P].</param>
    /// <param name="start">The loss at 0.</param>
    /// <param name="end">The loss at 1.</param>
    internal static LossLine Of(
        string from, string to, double distance, IReadOnlyList<double> positions, IReadOnlyList<SurfaceValue> values,
        double start, double end)
    {
        double barrier = 0;
        for (int i = 0; i < positions.Count; i++)
        {
            if (positions[i] is > 0 and < 1)
            {
                barrier = Math.Max(barrier, values[i].Loss - (start + (positions[i] * (end - start))));
            }
        }

        return new(from, to, distance, positions, [.. values.Select(v => v.Loss)], [.. values.Select(v => v.Score)],
            barrier);
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
