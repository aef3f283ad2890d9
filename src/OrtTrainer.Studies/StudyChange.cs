namespace OrtTrainer.Studies;

/// <summary>
/// Compares a study file with the one that a folder was started with: cells and seeds may be added, nothing else may
/// change, or the results of one table would come from different settings.
/// </summary>
internal static class StudyChange
{
    /// <param name="before">The study that the folder was started with; null for a new folder.</param>
    /// <param name="now">The plan to go on with.</param>
    /// <param name="folder">The study's folder.</param>
    /// <exception cref="StudyException">A run is gone or has other options.</exception>
    public static void RequireOnlyMore(StudyFile? before, StudyPlan now, string folder)
    {
        if (before is null || before.Text == now.File.Text)
        {
            return;
        }

        Dictionary<string, PlannedRun> runs = now.AllRuns.ToDictionary(run => run.Folder);
        foreach (PlannedRun old in StudyPlan.Of(before, folder).AllRuns)
        {
            string? change = !runs.TryGetValue(old.Folder, out PlannedRun? run) ? "is no longer in it"
                : OptionsDifference.Of(run.Options, old.Options) is { Count: > 0 } differences
                    ? $"has other options: {string.Join("; ", differences)}"
                : null;
            if (change is not null)
            {
                throw new StudyException($"{folder}: the study file has changed since the study began: {old.Label} " +
                    $"{change}. Cells and seeds may be added; for anything else choose another --out.");
            }
        }
    }
}
