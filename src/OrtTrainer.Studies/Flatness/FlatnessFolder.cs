using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Reports.Charts;
using OrtTrainer.Reports.Documents;

namespace OrtTrainer.Studies.Flatness;

/// <summary>The files of a report.</summary>
internal static class FlatnessFolder
{
    /// <summary>The report as JSON.</summary>
    public const string ReportName = "flatness.json";

    /// <summary>The page to look at: tables and plots in one file.</summary>
    public const string PageName = "flatness.html";

    /// <summary>
    /// Checks, before the work, that a report may go to a folder: it is empty or holds an earlier one.
    /// </summary>
    /// <exception cref="RunException">It holds something else.</exception>
    public static void RequireFree(string path)
    {
        string full = Path.GetFullPath(path);
        bool taken = File.Exists(full)
            || (Directory.Exists(full)
                && Directory.EnumerateFileSystemEntries(full).Any()
                && !File.Exists(Path.Combine(full, ReportName)));
        if (taken)
        {
            throw new RunException($"{full}: the output folder holds other files. Choose another --out, or remove it.");
        }
    }

    /// <summary>Writes a report, over an earlier one.</summary>
    /// <exception cref="FileWriteException">The disk is full or the folder may not be written.</exception>
    public static void Write(string path, FlatnessReport report)
    {
        string full = Path.GetFullPath(path);
        Directory.CreateDirectory(full);
        AtomicFile.WriteText(
            Path.Combine(full, ReportName), JsonSerializer.Serialize(report, RunJson.Indented));
        AtomicFile.WriteText(Path.Combine(full, PageName), HtmlPage.Write(FlatnessDocument.Of(report)));
        foreach ((string name, LinePlot plot) in FlatnessPlots.Of(report))
        {
            AtomicFile.WriteText(Path.Combine(full, name + ".svg"), plot.ToSvg());
        }
    }
}
