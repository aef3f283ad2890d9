using System.Diagnostics;

namespace OrtTrainer.Tests.Reports;

/// <summary>A Chromium without a window; tests that need one are skipped where none is installed.</summary>
internal static class Browser
{
    private static readonly string[] Names = ["chromium", "chromium-browser", "google-chrome", "chrome"];

    /// <summary>
    /// Loads a page in a window 1600 pixels wide, lets its scripts run and returns the document as it is then, with
    /// what the console said.
    /// </summary>
    /// <param name="file">The page.</param>
    /// <param name="dark">Whether the reader prefers dark pages.</param>
    public static (string Document, string[] Console) Load(string file, bool dark)
    {
        string program = Find();
        string profile = Directory.CreateTempSubdirectory("browser").FullName;
        try
        {
            using Process browser = Process.Start(Command(program, file, dark, profile))!;
            Task<string> errors = browser.StandardError.ReadToEndAsync();
            Task<string> document = browser.StandardOutput.ReadToEndAsync();
            if (!browser.WaitForExit(TimeSpan.FromSeconds(60)))
            {
                browser.Kill(entireProcessTree: true);
                Assert.Fail($"{program} did not finish {file} within a minute.");
            }

            string[] lines = errors.Result.Split('\n');
            return (document.Result, [.. lines.Where(line => line.Contains(":CONSOLE", StringComparison.Ordinal))]);
        }
        finally
        {
            Directory.Delete(profile, recursive: true);
        }
    }

    /// <summary>Skips the test where no browser is installed.</summary>
    public static void Require() => _ = Find();

    private static ProcessStartInfo Command(string program, string file, bool dark, string profile) =>
        new(program)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            ArgumentList =
            {
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--enable-logging=stderr",
                $"--user-data-dir={profile}", "--window-size=1600,2000", "--hide-scrollbars",
                "--virtual-time-budget=5000",
                $"--blink-settings=preferredColorScheme={(dark ? 0 : 1)}", "--dump-dom", new Uri(file).AbsoluteUri,
            },
        };

    /// <summary>The program; skips the test where there is none.</summary>
    public static string Find()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        string? found = Names.SelectMany(name => folders.Select(folder => Path.Combine(folder, name)))
            .FirstOrDefault(File.Exists);
        if (found is null)
        {
            Assert.Ignore(
                $"None of {string.Join(", ", Names)} is installed; this test looks at a page in a real browser.");
        }

        return found!;
    }
}
