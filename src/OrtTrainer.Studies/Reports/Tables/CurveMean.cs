using OrtTrainer.Reports.Charts;
using OrtTrainer.Runs;

namespace OrtTrainer.Studies.Reports.Tables;

/// <summary>
/// Learning curves of several seeds as one: the mean with the lowest and highest as a band, at the steps where every
/// seed was evaluated, so that no step's mean is of other seeds than the next one's.
/// </summary>
internal static class CurveMean
{
    /// <param name="runs">Runs that differ in their seed alone.</param>
    /// <param name="scale">The metric and its unit.</param>
    /// <param name="averaged">Whether the averaged weights are asked for, or the live ones.</param>
    public static IReadOnlyList<LinePoint> Of(IEnumerable<StudyRun> runs, ScoreScale scale, bool averaged)
    {
        Dictionary<long, double>[] curves =
        [
            .. runs.Select(run => ByStep(run, scale, averaged)).Where(curve => curve.Count > 0),
        ];
        if (curves.Length == 0)
        {
            return [];
        }

        long[] steps = [.. curves[0].Keys.Where(step => curves.All(curve => curve.ContainsKey(step))).Order()];
        return [.. steps.Select(step => Point(step, [.. curves.Select(curve => curve[step])]))];
    }

    private static LinePoint Point(long step, double[] values) => values.Length == 1
        ? new LinePoint(step, values[0])
        : new LinePoint(step, values.Average(), values.Min(), values.Max());

    private static Dictionary<long, double> ByStep(StudyRun run, ScoreScale scale, bool averaged)
    {
        Dictionary<long, double> scores = [];
        foreach (EvaluationPoint point in run.Curve)
        {
            if ((averaged ? point.Averaged : point.Live)?.TryGetValue(scale.Metric, out double score) == true
                && double.IsFinite(score))
            {
                scores[point.Step] = scale.Scaled(score);
            }
        }

        return scores;
    }
}
