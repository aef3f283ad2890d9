using System.Text;
using OrtTrainer.Options;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Cli;

public class DataCommandTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make_folder() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove_folder() => _folder.Dispose();

    [Test]
    public void Debug_data_tells_repeats_leaks_and_labels_that_differ_little()
    {
        string train = _folder.Write("train.tsv", "text\tlabel\n" + Rows(40)
            + "the quick brown fox jumps over the lazy dog again\tpos\n"
            + "the quick brown fox jumps over the lazy dog again\tPos\n");
        string test = _folder.Write(
            "test.tsv", "text\tlabel\nthe quick brown fox jumps over the lazy dog, again!\tpos\n");

        CliRun run = CliRun.Of("debug-data", train, "--test", test).Succeeded();

        Assert.That(run.Out, Does.Contain("come more than once").And.Contain("differ in case only"));
        Assert.That(run.Out, Does.Contain("nearly in train").And.Contain("test line 2 (pos)"));
        Assert.That(run.Lines.Select(line => line.Length), Is.All.LessThanOrEqualTo(100));
        Assert.That(CliRun.Of("debug-data", train, "--test", test, "--strict").ExitCode, Is.EqualTo(1));
        Assert.That(
            CliRun.Of("debug-data", train, "--test", test, "--json").Succeeded().Out,
            Does.StartWith("{").And.Contain("\"leaks\""));
    }

    [Test]
    public void Predictions_must_be_as_many_as_rows()
    {
        string train = _folder.Write("train.tsv", "text\tlabel\n" + Rows(40));
        string predictions = _folder.Write("predictions.jsonl", "{\"scores\": {\"pos\": 1, \"neg\": 0}}\n");

        CliRun run = CliRun.Of("debug-data", train, "--predictions", predictions);

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.Contain("1 predictions for 40 rows"));
    }

    [Test]
    public void Init_writes_options_that_can_be_read_and_never_over_a_file()
    {
        string train = _folder.Write("train.tsv", "id\tsentence\tlabel\n" + string.Concat(
            Enumerable.Range(0, 60).Select(i => $"{i}\ttext number {i}\t{(i % 10 == 0 ? "rare" : "usual")}\n")));
        string output = _folder.File("options.json");

        CliRun run = CliRun.Of("init", train, "--out", output).Succeeded();

        Assert.That(run.Out, Does.Contain("orttrainer finetune --options"));
        string text = File.ReadAllText(output);
        Assert.That(text, Does.Contain("// "));
        Assert.That(OptionsJson.Read(output)["class_weights"]!["balanced"]!.GetValue<bool>());
        Assert.That(OptionsJson.Read(output)["data"]!["text_column"]!.GetValue<string>(), Is.EqualTo("sentence"));
        Assert.That(OptionsJson.Read(output)["data"]!["task"]!.GetValue<string>(), Is.EqualTo("classification"));

        CliRun again = CliRun.Of("init", train, "--out", output);
        Assert.That(again.ExitCode, Is.EqualTo(1));
        Assert.That(again.Error, Does.Contain("is there already"));
        Assert.That(File.ReadAllText(output), Is.EqualTo(text));
    }

    [Test]
    public void Init_keeps_how_the_file_is_read_and_the_name_of_the_embedded_model()
    {
        if (!Directory.Exists(Path.Combine(AppContext.BaseDirectory, "onnx-models", "embedded")))
        {
            Assert.Ignore("The embedded data are not in this checkout.");
        }

        string train = _folder.File("umlauts.csv");
        File.WriteAllBytes(train, Encoding.Latin1.GetBytes(
            "text;label\n" + string.Concat(
                Enumerable.Range(0, 40).Select(i => $"Stück {i};{(i % 2 == 0 ? "a" : "b")}\n"))));
        string output = _folder.File("options.json");

        CliRun made = CliRun.Of(
            "init", train, "--encoding", "windows-1252", "--model", "embedded", "--out", output);

        Assert.That(made.ExitCode, Is.Zero, made.Error);
        Assert.That(made.Error.Split('\n'), Has.Exactly(1).Contains("fields are separated by ';'"));
        Assert.That(
            OptionsJson.Read(output)["data"]!["table"]!["encoding"]!.GetValue<string>(), Is.EqualTo("windows-1252"));
        Assert.That(OptionsJson.Read(output)["model"]!.GetValue<string>(), Is.EqualTo("embedded"));
        CliRun run = CliRun.Of(
            "finetune", "--options", output, "--max-steps", "1", "--threads", "1", "--out", _folder.File("run"));
        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Out, Does.Contain("Exported"));
    }

    [Test]
    public void Init_takes_numbers_with_decimal_commas_for_a_scale()
    {
        string train = _folder.Write("grades.csv", "text;grade\n" + string.Concat(
            Enumerable.Range(0, 60).Select(i => $"text number {i};{1 + (i / 60.0):0.00}\n".Replace('.', ','))));
        string output = _folder.File("options.json");

        CliRun run = CliRun.Of("init", train, "--label", "grade", "--out", output);

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(OptionsJson.Read(output)["data"]!["task"]!.GetValue<string>(), Is.EqualTo("regression"));
    }

    [Test]
    public void Init_says_which_other_columns_could_be_the_label()
    {
        string train = _folder.Write("mails.csv", "id,mail,desk,channel\n" + string.Concat(
            Enumerable.Range(0, 60).Select(i => $"{i},text number {i},desk {i % 4},channel {i % 2}\n")));

        CliRun run = CliRun.Of("init", train, "--out", _folder.File("options.json"));

        Assert.That(run.ExitCode, Is.Zero, run.Error);
        Assert.That(run.Error, Is.EqualTo(
            "note: 'channel' is taken for the label, as it has the fewest different values; 'desk' could be it, too. "
            + "Name the right one: --label COL.\n"));
    }

    private static string Rows(int count) => string.Concat(Enumerable.Range(0, count).Select(
        i => $"{(i % 2 == 0 ? "good fine nice" : "bad poor sad")} thing {i * 7919}\t{(i % 2 == 0 ? "pos" : "neg")}\n"));
}
