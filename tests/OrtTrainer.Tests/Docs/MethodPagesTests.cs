using System.Text.RegularExpressions;
using OrtTrainer.Methods;
using OrtTrainer.Options;

namespace OrtTrainer.Tests.Docs;

/// <summary>Every method has a page with its settings as the program knows them.</summary>
public sealed partial class MethodPagesTests
{
    private static readonly string[] BesideAny = ["lora", "mixout", "layer-decay", "unfreezing", "class-weights"];

    private static IEnumerable<string> Methods => [.. MethodRegistry.Parts.Select(part => part.Word), .. BesideAny];

    [TestCaseSource(nameof(Methods))]
    public void A_page_lists_the_settings_of_its_method_with_their_defaults(string method)
    {
        IEnumerable<(string, string?)> settings = RunSetting.All
            .Where(setting => setting.Owner is { } owner
                ? owner.Word == method
                : setting.About.Option == OptionOf(method))
            .Select(setting => (setting.About.Option, setting.DefaultText));

        IEnumerable<(string, string?)> listed = Rows().Matches(Page.Read($"docs/methods/{method}.md").Text)
            .Select(row => (row.Groups["option"].Value, (string?)row.Groups["default"].Value));

        Assert.That(listed, Is.EquivalentTo(settings));
    }

    [TestCaseSource(nameof(Methods))]
    public void A_page_has_formula_source_findings_and_settings(string method)
    {
        string text = Page.Read($"docs/methods/{method}.md").Text;
        string[] headings = [.. text.Split('\n').Where(line => line.StartsWith("## ", StringComparison.Ordinal))];

        Assert.That(headings, Is.EqualTo(new[]
        {
            "## Formula", "## Source", "## When it helps", "## What we found", "## Settings",
        }));
        Assert.That(text.Split("\n## ")[1], Does.Contain("\n$$ "));
    }

    [Test]
    public void There_is_a_page_for_each_method_and_none_for_others() =>
        Assert.That(
            Page.All.Where(page => page.Name.StartsWith("docs/methods/", StringComparison.Ordinal))
                .Select(page => Path.GetFileNameWithoutExtension(page.Name)),
            Is.EquivalentTo(Methods.Append("index")));

    private static string OptionOf(string page) => page == "unfreezing" ? "unfreeze-every" : page;

    [GeneratedRegex(@"^\| `--(?<option>[a-z-]+)` \| .+ \| (?<default>[^|]+) \|$", RegexOptions.Multiline)]
    private static partial Regex Rows();
}
