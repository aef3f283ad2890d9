using OrtTrainer.Common;
using OrtTrainer.Reports.Documents;

namespace OrtTrainer.RunReports;

/// <summary>The report of a run: one page to be read offline, in the run's own folder.</summary>
internal static class RunReport
{
    /// <summary>The page's name in the run's own folder.</summary>
    public const string FileName = "report.html";

    /// <summary>Writes it.</summary>
    /// <param name="results">The run.</param>
    /// <param name="folder">The folder of the run's own files.</param>
    /// <exception cref="IOException">It cannot be written; an old one stays.</exception>
    public static void Write(RunResults results, string folder) =>
        AtomicFile.WriteText(Path.Combine(folder, FileName), HtmlPage.Write(RunDocument.Of(results)));
}
