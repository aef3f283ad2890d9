using OrtTrainer.Evaluation;

namespace OrtTrainer.Studies.Tuning;

/// <summary>
/// Asynchronous successive halving (Li et al. 2020, "A system for massively parallel hyperparameter tuning"): a trial
/// pauses at every rung, and goes on once it is among the best third of those that reached it.
/// </summary>
internal static class SuccessiveHalving
{
    /// <summary>The part of a rung that goes on is one in so many; a rung has so many times the steps of the one
    /// before.</summary>
    public const int Eta = 3;

    /// <summary>The trial to go on with; null where none has earned it.</summary>
    /// <param name="trials">All trials.</param>
    /// <param name="metric">What better is.</param>
    /// <param name="generous">Whether a third of a rung is rounded up, as where no trials are to come.</param>
    public static Trial? Next(IReadOnlyList<Trial> trials, Metric metric, bool generous = false) =>
        Promotable(trials, metric, generous).FirstOrDefault();

    /// <summary>The trials that may go on, those of the highest rung first, the best of a rung first.</summary>
    public static IEnumerable<Trial> Promotable(IReadOnlyList<Trial> trials, Metric metric, bool generous)
    {
        int rungs = trials.Count == 0 ? 0 : trials.Max(trial => trial.Scores.Count);
        for (int rung = rungs - 1; rung >= 0; rung--)
        {
            Trial[] reached = [.. trials.Where(trial => trial.Scores.Count > rung)];
            int promoted = generous ? (reached.Length + Eta - 1) / Eta : reached.Length / Eta;
            foreach (Trial trial in Ranked(reached, rung, metric).Take(promoted)
                .Where(trial => trial.Status == TrialStatus.Paused && trial.Scores.Count == rung + 1))
            {
                yield return trial;
            }
        }
    }

    private static IOrderedEnumerable<Trial> Ranked(IEnumerable<Trial> trials, int rung, Metric metric) => trials
        .OrderBy(trial => trial.Scores[rung] ?? double.NaN, new BestFirst(metric)).ThenBy(trial => trial.Number);
}
