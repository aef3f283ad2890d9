using System.Text.Json;
using OrtTrainer.Studies;
using OrtTrainer.Studies.Reports;
using OrtTrainer.Tests.Reports;

namespace OrtTrainer.Tests.Studies.Reports;

/// <summary>The page as a browser lays it out, with its own fonts: nothing estimated.</summary>
internal sealed class ReportInBrowserTests
{
    [TestCase(1280, false, "rgb(255, 255, 255)")]
    [TestCase(400, true, "rgb(20, 23, 27)")]
    public void Nothing_overflows_overlaps_or_fails(int width, bool dark, string ground)
    {
        JsonElement seen = Look(Synthetic.Study(), width, dark);

        Assert.That(seen.GetProperty("width").GetInt32(), Is.EqualTo(width));
        Assert.That(seen.GetProperty("page").GetInt32(), Is.EqualTo(width));
        Assert.That(seen.GetProperty("charts").GetInt32(), Is.EqualTo(30));
        Assert.That(seen.GetProperty("collisions").EnumerateArray().Select(c => c.GetString()), Is.Empty);
        Assert.That(seen.GetProperty("dark").GetBoolean(), Is.EqualTo(dark));
        Assert.That(seen.GetProperty("ground").GetString(), Is.EqualTo(ground));
    }

    [Test]
    public void Twelve_methods_with_long_names_and_a_long_error_stay_within_a_narrow_page()
    {
        string[] methods =
        [
            "finetune", "annealing-distillation+sam+swa with-a-name-that-goes-on-for-longer-than-any-page-is-wide",
            .. Enumerable.Range(1, 10).Select(i => $"distillation+lookahead+swa-{i}"),
        ];
        StudyResults study = Synthetic.Of(["trec"], ["from-scratch"], methods, [1, 2, 3]);
        StudyRun failed = study.Runs[^1] with
        {
            Status = StudyRunStatus.Failed, Score = null, Error = new string('x', 400),
        };

        JsonElement seen = Look(study with { Runs = [.. study.Runs.SkipLast(1), failed] }, 400, dark: false);

        Assert.That(seen.GetProperty("page").GetInt32(), Is.EqualTo(400));
        Assert.That(seen.GetProperty("collisions").EnumerateArray().Select(c => c.GetString()), Is.Empty);
    }

    private static JsonElement Look(StudyResults results, int width, bool dark)
    {
        string folder = Directory.CreateTempSubdirectory("report").FullName;
        try
        {
            StudyReport.Write(results, folder);
            return PageInBrowser.Look(
                File.ReadAllText(Path.Combine(folder, StudyReport.HtmlName)), width, dark);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
