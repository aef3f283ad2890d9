using System.Text.Json;
using OrtTrainer.Studies;
using OrtTrainer.Studies.Reports;
using OrtTrainer.Tests.Reports;

namespace OrtTrainer.Tests.Studies.Reports;

/// <summary>The page as a browser lays it out, with its own fonts: nothing estimated.</summary>
internal sealed class ReportInBrowserTests
{
    // Asks the browser where everything is, and sends the answers to the frame around the page.
    private const string Questions = """
        <script>
        const collisions = [];
        for (const picture of document.querySelectorAll('svg')) {
          const frame = picture.getBoundingClientRect();
          const texts = [...picture.querySelectorAll(':scope > text')]
            .map(text => [text.textContent, text.getBoundingClientRect()]);
          texts.forEach(([name, a], i) => {
            const leaves = a.left < frame.left - 1 || a.right > frame.right + 1 || a.bottom > frame.bottom + 1;
            if (leaves) collisions.push(name + ' leaves its chart');
            for (const [other, b] of texts.slice(i + 1)) {
              const beside = a.left >= b.right || b.left >= a.right;
              const above = a.top + 2 >= b.bottom || b.top + 2 >= a.bottom;
              if (!beside && !above) collisions.push(name + ' / ' + other);
            }
          });
        }
        parent.postMessage(JSON.stringify({
          width: window.innerWidth, page: document.documentElement.scrollWidth, collisions,
          dark: matchMedia('(prefers-color-scheme: dark)').matches,
          ground: getComputedStyle(document.body).backgroundColor,
          charts: document.querySelectorAll('svg').length,
        }), '*');
        </script>
        """;

    // A window cannot be as narrow as a telephone; a frame can. The answers become the title for the test to read.
    private const string Frame = """
        <!DOCTYPE html>
        <meta charset="utf-8"><meta name="color-scheme" content="light dark"><link rel="icon" href="data:,">
        <title></title>
        <script>onmessage = event => document.title = event.data;</script>
        <iframe src="asked.html" style="border: 0; height: 1500px; width: WIDTHpx"></iframe>
        """;

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
            string html = File.ReadAllText(Path.Combine(folder, StudyReport.HtmlName));
            File.WriteAllText(Path.Combine(folder, "asked.html"), html.Replace("</body>", $"{Questions}</body>"));
            string frame = Path.Combine(folder, "frame.html");
            File.WriteAllText(frame, Frame.Replace("WIDTH", $"{width}"));

            (string document, string[] console) = Browser.Load(frame, dark);

            Assert.That(console, Is.Empty);
            int start = document.IndexOf("<title>", StringComparison.Ordinal) + "<title>".Length;
            string title = document[start..document.IndexOf("</title>", StringComparison.Ordinal)];
            return JsonDocument.Parse(System.Net.WebUtility.HtmlDecode(title)).RootElement;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
