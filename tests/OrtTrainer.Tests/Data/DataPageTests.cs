using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Data;
using OrtTrainer.Options;
using OrtTrainer.Tasks;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Data;

/// <summary>The files that docs/data.md shows are read as it says, and its commands are commands.</summary>
public sealed partial class DataPageTests
{
    private static readonly string Page =
        File.ReadAllText(Path.Combine(SharedFiles.RepositoryRoot, "docs", "data.md")).ReplaceLineEndings("\n");

    private static IEnumerable<TestCaseData> Files => Fences().Matches(Page)
        .Where(fence => fence.Groups["name"].Success && fence.Groups["task"].Value != "options")
        .Select(fence => new TestCaseData(
            fence.Groups["name"].Value, fence.Groups["task"].Value, fence.Groups["text"].Value)
            .SetArgDisplayNames(fence.Groups["name"].Value));

    private static IEnumerable<string> Commands => Fences().Matches(Page)
        .Where(fence => fence.Groups["language"].Value == "sh")
        .SelectMany(fence => fence.Groups["text"].Value.Split('\n', StringSplitOptions.RemoveEmptyEntries));

    [Test]
    public void The_page_shows_files_and_commands() =>
        Assert.That((Files.Count(), Commands.Count()), Is.EqualTo((10, 7)));

    [TestCaseSource(nameof(Files))]
    public void A_file_has_two_labelled_examples(string name, string task, string content)
    {
        using TemporaryFolder folder = new();
        DataOptions options = new()
        {
            Train = folder.Write(name, content),
            Task = task.Length > 0 ? ModelTask.Named(task) : ModelTask.Default,
        };

        Dataset data = LabeledData.LoadTrain(options);

        Assert.That(data.Count, Is.EqualTo(2));
        Assert.That(data.Labels!.Count, Is.GreaterThanOrEqualTo(2));
    }

    [TestCaseSource(nameof(Commands))]
    public void A_command_is_read(string command)
    {
        string[] words = [.. Words().Matches(command).Select(word => word.Value.Trim('\''))];

        Assert.That(words[0], Is.EqualTo("orttrainer"));
        Assert.That(
            () => words[1] == "finetune"
                ? (CommandArguments)ArgumentReader.Read<FinetuneArguments>(words[2..])
                : ArgumentReader.Read<EvaluateArguments>(words[2..]),
            Throws.Nothing);
    }

    [Test]
    public void Options_have_a_list_of_files_or_one()
    {
        using TemporaryFolder folder = new();
        string text = Fences().Matches(Page).Single(fence => fence.Groups["task"].Value == "options")
            .Groups["text"].Value;

        JsonObject options = OptionsJson.Read(folder.Write("options.json", text));

        Assert.That(options["data"]!["train"]!.GetValue<string>(), Is.EqualTo("part-*.jsonl + more.csv"));
        Assert.That(options["data"]!["eval"]!.GetValue<string>(), Is.EqualTo("dev.csv"));
    }

    [Test]
    public void Words_after_an_option_of_files_are_files_too()
    {
        FinetuneArguments arguments = ArgumentReader.Read<FinetuneArguments>(
            ["--train", "a.csv", "b.csv", "--eval=c.csv", "d.csv", "--train", "e.csv", "--out", "x"]);

        Assert.That(arguments.Train, Is.EqualTo("a.csv\nb.csv\ne.csv"));
        Assert.That(arguments.Eval, Is.EqualTo("c.csv\nd.csv"));
        Assert.That(() => ArgumentReader.Read<FinetuneArguments>(["--out", "x", "y"]),
            Throws.TypeOf<OrtTrainer.Cli.UsageException>().With.Message.StartsWith("y belongs to no option"));
    }

    [GeneratedRegex("^```(?<language>[a-z]+)(?: (?<name>[a-z.-]+)(?: (?<task>[a-z_]+))?)?\n(?<text>.*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fences();

    [GeneratedRegex("'[^']*'|\\S+")]
    private static partial Regex Words();
}
