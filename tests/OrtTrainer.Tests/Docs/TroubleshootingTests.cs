using System.Text.RegularExpressions;

namespace OrtTrainer.Tests.Docs;

/// <summary>docs/troubleshooting.md quotes messages that the program really has.</summary>
public sealed partial class TroubleshootingTests
{
    /// <summary>All literals of the sources, with those that are joined by + as one.</summary>
    private static readonly Lazy<string> Source = new(() => string.Join('\n',
        Directory.GetFiles(Path.Combine(SharedFiles.RepositoryRoot, "src"), "*.cs", SearchOption.AllDirectories)
            .Where(file => !Generated().IsMatch(file))
            .Select(file => Joints().Replace(File.ReadAllText(file), ""))));

    private static IEnumerable<string> Messages =>
        Quotes().Matches(Page.Read("docs/troubleshooting.md").Text).Select(quote => quote.Groups["message"].Value);

    [TestCaseSource(nameof(Messages))]
    public void The_fixed_words_of_a_message_stand_in_the_source(string message)
    {
        string[] fixedWords =
        [
            .. message.Split('…').Select(part => part.Trim(" ';,:.".ToCharArray())).Where(part => part.Length > 2),
        ];

        Assert.That(fixedWords, Is.Not.Empty);
        Assert.That(fixedWords.Where(words => !Source.Value.Contains(words, StringComparison.Ordinal)), Is.Empty);
    }

    [Test]
    public void There_are_messages() => Assert.That(Messages.Count(), Is.GreaterThan(30));

    [GeneratedRegex("^### `(?<message>[^`]+)`$", RegexOptions.Multiline)]
    private static partial Regex Quotes();

    [GeneratedRegex("\"\\s*\\+\\s*(FormattableString\\.Invariant\\()?\\$?\"")]
    private static partial Regex Joints();

    [GeneratedRegex(@"[\\/](bin|obj)[\\/]")]
    private static partial Regex Generated();
}
