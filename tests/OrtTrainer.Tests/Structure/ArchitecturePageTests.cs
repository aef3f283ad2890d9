using System.Text.RegularExpressions;

namespace OrtTrainer.Tests.Structure;

/// <summary>docs/architecture.md names files that are there.</summary>
public sealed partial class ArchitecturePageTests
{
    private static readonly string Page =
        File.ReadAllText(Path.Combine(SharedFiles.RepositoryRoot, "docs", "architecture.md"));

    [Test]
    public void Every_file_and_folder_it_names_exists()
    {
        string[] named = [.. Paths().Matches(Page).Select(match => match.Groups["path"].Value)];

        Assert.That(named, Has.Length.GreaterThan(40));
        Assert.That(named.Where(path => !Path.Exists(Path.Combine(SharedFiles.RepositoryRoot, path))), Is.Empty);
    }

    [Test]
    public void It_tells_every_folder_of_the_engine()
    {
        string[] folders = [.. Directory.GetDirectories(Path.Combine(SharedFiles.RepositoryRoot, "src", "OrtTrainer"))
            .Select(folder => Path.GetFileName(folder)!).Where(folder => folder is not ("bin" or "obj"))];

        Assert.That(folders.Where(folder => !Page.Contains($"`{folder}`")), Is.Empty);
    }

    [Test]
    public void A_step_is_followed_in_at_most_22_files() =>
        Assert.That(Steps().Count(Page), Is.InRange(15, 22));

    [GeneratedRegex("`(?<path>(src|tests)/[^`]+)`")]
    private static partial Regex Paths();

    [GeneratedRegex(@"^\d+\. `src/[^`]+\.cs`: .+\.$", RegexOptions.Multiline)]
    private static partial Regex Steps();
}
