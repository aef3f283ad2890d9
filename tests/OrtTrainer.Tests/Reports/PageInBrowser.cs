using System.Net;
using System.Text.Json;

namespace OrtTrainer.Tests.Reports;

/// <summary>A report's page as a browser lays it out, with its own fonts: nothing estimated.</summary>
internal static class PageInBrowser
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

    /// <summary>What the browser says of a page: its width, that of what is on it, texts that lie over others, colours
    /// and charts. Skips the test where no browser is installed.</summary>
    /// <param name="html">The page.</param>
    /// <param name="width">Pixels of the window.</param>
    /// <param name="dark">Whether the reader prefers dark pages.</param>
    public static JsonElement Look(string html, int width, bool dark)
    {
        string folder = Directory.CreateTempSubdirectory("report").FullName;
        try
        {
            File.WriteAllText(Path.Combine(folder, "asked.html"), html.Replace("</body>", $"{Questions}</body>"));
            string frame = Path.Combine(folder, "frame.html");
            File.WriteAllText(frame, Frame.Replace("WIDTH", $"{width}"));

            (string document, string[] console) = Browser.Load(frame, dark);

            Assert.That(console, Is.Empty);
            int start = document.IndexOf("<title>", StringComparison.Ordinal) + "<title>".Length;
            string title = document[start..document.IndexOf("</title>", StringComparison.Ordinal)];
            return JsonDocument.Parse(WebUtility.HtmlDecode(title)).RootElement;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
