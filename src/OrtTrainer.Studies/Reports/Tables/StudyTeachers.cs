using OrtTrainer.Common;
using OrtTrainer.Reports;
using OrtTrainer.Runs;

namespace OrtTrainer.Studies.Reports.Tables;

/// <summary>What is said of models that a table's runs learn from and that were fine-tuned by this program.</summary>
internal static class StudyTeachers
{
    /// <summary>A sentence for every method and teacher; none for teachers from elsewhere.</summary>
    /// <param name="group">What the table is about.</param>
    /// <param name="settings">The settings of its runs.</param>
    /// <exception cref="RunException">A teacher's summary is damaged.</exception>
    public static IReadOnlyList<string> Notes(StudyGroup group, StudySettings settings) =>
    [
        .. settings.Teachers(group).Where(teacher => File.Exists(RunFolder.SummaryFileOf(teacher.Folder)))
            .Select(teacher => Note(teacher.Method, teacher.Folder, RunSummary.Read(teacher.Folder))),
    ];

    private static string Note(string method, string folder, RunSummary summary)
    {
        ScoreScale scale = ScoreScale.Of(summary.Metric);
        double? score = summary.ExportsAverage ? summary.Averaged : summary.Live;
        return $"{method}: its teacher, {Path.GetFileName(folder)}, was trained before, in " +
            $"{ReportFigures.Seconds(summary.TrainSeconds)}, and scored " +
            $"{scale.Text(scale.Scaled(score ?? double.NaN))} ({scale.Label}) on its evaluation data. Its training " +
            "serves all runs that learn from it and is not in the table.";
    }
}
