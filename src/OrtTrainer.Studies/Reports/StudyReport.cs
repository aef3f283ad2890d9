using OrtTrainer.Common;
using OrtTrainer.Reports.Documents;
using OrtTrainer.Studies.Reports.Tables;

namespace OrtTrainer.Studies.Reports;

/// <summary>
/// The report of a study: what differs from the baseline and what does not, in words, tables and charts. The same
/// results give the same bytes.
/// </summary>
public static class StudyReport
{
    /// <summary>The page's name in the study's folder.</summary>
    public const string HtmlName = "report.html";

    /// <summary>The name of the same report for logs.</summary>
    public const string MarkdownName = "report.md";

    /// <summary>
    /// Writes <see cref="HtmlName"/>, one file to be read offline, and <see cref="MarkdownName"/>, the same tables and
    /// words. A study that is not finished gets a report of what there is.
    /// </summary>
    /// <param name="results">The study; its runs' options are read from their folders below
    /// <paramref name="folder"/>, as far as they are there.</param>
    /// <param name="folder">The study's folder, which exists.</param>
    /// <exception cref="IOException">A file cannot be written; an old one stays.</exception>
    /// <exception cref="RunException">A run's options are there and cannot be read.</exception>
    /// <exception cref="ArgumentException">Two runs are of the same cell and seed.</exception>
    public static void Write(StudyResults results, string folder)
    {
        ArgumentNullException.ThrowIfNull(results);
        RequireDistinct(results.Runs);
        ReportDocument document = StudyDocument.Of(results, StudySettings.Read(results, folder));
        AtomicFile.WriteText(Path.Combine(folder, HtmlName), HtmlPage.Write(document));
        AtomicFile.WriteText(Path.Combine(folder, MarkdownName), MarkdownPage.Write(document));
    }

    /// <summary>
    /// What a summary of the study must not hide: methods and seeds whose score is not defined, and verdicts that rest
    /// on fewer pairs than there are seeds; a sentence each, empty for an ordinary study.
    /// </summary>
    /// <exception cref="ArgumentException">Two runs are of the same cell and seed.</exception>
    public static IReadOnlyList<string> Gaps(StudyResults results)
    {
        ArgumentNullException.ThrowIfNull(results);
        RequireDistinct(results.Runs);
        return new StudyWords(results, StudyTable.Of(results)).Gaps();
    }

    private static void RequireDistinct(IEnumerable<StudyRun> runs)
    {
        HashSet<(string, string, string, string, long)> seen = [];
        foreach (StudyRun run in runs)
        {
            if (!seen.Add((run.Model, run.Initialization, run.Task, run.Method, run.Seed)))
            {
                throw new ArgumentException(
                    $"{run.Folder}: there is another run of {run.Task}, {run.Initialization}, {run.Model}, " +
                    $"{run.Method} with seed {run.Seed}; expected one of each.", nameof(runs));
            }
        }
    }
}
