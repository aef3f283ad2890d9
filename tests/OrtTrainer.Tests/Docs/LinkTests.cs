using System.Text.RegularExpressions;

namespace OrtTrainer.Tests.Docs;

/// <summary>Links inside the repository lead somewhere.</summary>
public sealed partial class LinkTests
{
    private static IEnumerable<Page> Pages => Page.All;

    [TestCaseSource(nameof(Pages))]
    public void Relative_links_lead_to_files_and_headings_that_are_there(object page) =>
        Assert.That(Links((Page)page).Where(link => !Leads((Page)page, link)), Is.Empty);

    [Test]
    public void There_are_links_to_check() =>
        Assert.That(Pages.Sum(page => Links(page).Count()), Is.GreaterThan(150));

    [Test]
    public void Every_page_stands_in_the_contents_and_nothing_else_does()
    {
        foreach (string folder in new[] { "docs", "docs/methods" })
        {
            string contents = Page.Read($"{folder}/toc.yml").Text;
            string[] named = [.. Targets().Matches(contents).Select(match => match.Groups["target"].Value)];
            string[] pages =
            [
                .. Pages.Where(page => Path.GetDirectoryName(page.Name)!.Replace('\\', '/') == folder)
                    .Select(page => Path.GetFileName(page.Name)),
            ];

            Assert.That(named.Where(name => !name.Contains('/')), Is.EquivalentTo(pages), folder);
        }
    }

    [TestCase("## What `doctor` says, and *why*", ExpectedResult = "what-doctor-says-and-why")]
    [TestCase("# C#: CheckpointState, TrainingSession", ExpectedResult = "c-checkpointstate-trainingsession")]
    public string Headings_are_reached_by_the_names_that_sites_give_them(string heading) => Anchor(heading);

    private static IEnumerable<string> Links(Page page) => MarkdownLinks().Matches(page.Prose)
        .Select(match => match.Groups["target"].Value)
        .Where(target => !target.Contains("://", StringComparison.Ordinal));

    private static bool Leads(Page page, string link)
    {
        string[] parts = link.Split('#');
        string file = parts[0].Length == 0
            ? Path.Combine(SharedFiles.RepositoryRoot, page.Name)
            : Path.GetFullPath(Path.Combine(page.Base, parts[0]));
        return File.Exists(file) && (parts.Length == 1 || Anchors(file).Contains(parts[1]));
    }

    private static IEnumerable<string> Anchors(string file) =>
        Headings().Matches(File.ReadAllText(file).ReplaceLineEndings("\n")).Select(match => Anchor(match.Value));

    /// <summary>A heading in small letters, words joined by hyphens, without other signs.</summary>
    private static string Anchor(string heading) => OtherSigns().Replace(
        heading.TrimStart('#').Trim().ToLowerInvariant(), "").Replace(' ', '-');

    [GeneratedRegex(@"\]\((?<target>[^)\s]+)\)")]
    private static partial Regex MarkdownLinks();

    [GeneratedRegex("^#{1,6} .+$", RegexOptions.Multiline)]
    private static partial Regex Headings();

    [GeneratedRegex(@"[^\w\- ]")]
    private static partial Regex OtherSigns();

    [GeneratedRegex(@"href: (?<target>\S+)")]
    private static partial Regex Targets();
}
