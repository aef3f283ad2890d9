using OrtTrainer.Common;

namespace OrtTrainer.Studies.Flatness;

/// <summary>The loss along random directions, as a function of the distance from the weights.</summary>
/// <param name="Distances">The points, [P]; in filter norms.</param>
/// <param name="Losses">The loss by direction and point, [K][P].</param>
/// <param name="MeanLoss">The mean over directions, [P].</param>
/// <param name="LossDeviation">The standard deviation over directions, [P]; null with one direction.</param>
/// <param name="MeanScore">The mean score over directions, [P].</param>
/// <param name="ScoreDeviation">The standard deviation of the score over directions, [P]; null with one.</param>
internal sealed record DirectionScan(
    IReadOnlyList<double> Distances, IReadOnlyList<IReadOnlyList<double>> Losses, IReadOnlyList<double> MeanLoss,
    IReadOnlyList<double>? LossDeviation, IReadOnlyList<double> MeanScore, IReadOnlyList<double>? ScoreDeviation)
{
    /// <summary>Summarises values by direction and point.</summary>
    internal static DirectionScan Of(IReadOnlyList<double> distances, IReadOnlyList<SurfaceValue[]> directions)
    {
        double[][] losses = [.. directions.Select(d => d.Select(v => v.Loss).ToArray())];
        double[][] scores = [.. directions.Select(d => d.Select(v => v.Score).ToArray())];
        return new(distances, losses, Means(losses), Deviations(losses), Means(scores), Deviations(scores));
    }

    private static double[] Means(double[][] rows) =>
        [.. Enumerable.Range(0, rows[0].Length).Select(point => rows.Average(row => row[point]))];

    private static double[]? Deviations(double[][] rows)
    {
        double[] means = Means(rows);
        return rows.Length < 2
            ? null
            : [.. means.Select((mean, point) =>
                Math.Sqrt(rows.Sum(row => (row[point] - mean) * (row[point] - mean)) / (rows.Length - 1)))];
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
