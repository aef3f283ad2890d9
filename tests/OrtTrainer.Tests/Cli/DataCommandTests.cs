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
    public void Debug_data_names_rows_without_a_label_and_goes_on_with_the_others()
    {
        string train = _folder.Write("train.tsv", "text\tlabel\n" + Rows(40) + "what is this\t\nand this\t  \n"
            + "the quick brown fox jumps over the lazy dog\tpos\nthe quick brown fox jumps over the lazy dog\tpos\n");
        string test = _folder.Write("test.tsv", "text\tlabel\nfine\tpos\nnobody knows\t\n");

        CliRun run = CliRun.Of("debug-data", train, "--test", test, "--show", "2").Succeeded();

        Assert.That(run.Out, Does.StartWith($"train: 42 rows of {train}: neg 20, pos 22\n"));
        Assert.That(run.Out, Does.Contain("labels that are empty: 3 rows, which finetune refuses"));
        Assert.That(run.Out, Does.Contain("\n  train line 42: what is this\n  train line 43: and this\n"
            + "  also test line 3\n"));
        Assert.That(run.Out, Does.Contain("come more than once in train"));
        Assert.That(CliRun.Of("debug-data", train, "--strict").ExitCode, Is.EqualTo(1));
        Assert.That(
            CliRun.Of("finetune", "--model", _folder.Path, "--train", train, "--out", _folder.File("out")).ExitCode,
            Is.Not.Zero);
    }

    [Test]
    public void A_number_that_is_missing_is_found_too()
    {
        string train = _folder.Write("train.csv", "text,label\none,0.5\ntwo,\nthree,1.5\nfour,2.5\n");

        CliRun run = CliRun.Of("debug-data", train, "--task", "regression").Succeeded();

        Assert.That(run.Out, Does.StartWith("train: 3 rows of ").And.Contain("labels that are empty: 1 row,"));
        Assert.That(run.Out, Does.Contain("\n  train line 3: two\n"));
    }

    [Test]
    public void A_text_that_is_null_is_found_as_an_empty_one()
    {
        string train = _folder.Write("train.jsonl", "{\"text\": \"one\", \"label\": \"a\"}\n"
            + "{\"text\": null, \"label\": \"b\"}\n{\"text\": \" \", \"label\": \"b\"}\n");

        Assert.That(CliRun.Of("debug-data", train).Succeeded().Out,
            Does.Contain($"train: 2 rows without text, lines 2, 3 of {train}.\n"));
    }

    [Test]
    public void Rows_that_all_lack_a_label_are_refused()
    {
        string train = _folder.Write("train.csv", "text,label\none,\ntwo,\n");

        CliRun run = CliRun.Of("debug-data", train);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo(
            (1, $"error: {train}, line 2: the label is empty. Label the row or take it out.\n")));
    }

    [Test]
    public void Predictions_of_rows_without_a_label_are_passed_over()
    {
        string train = _folder.Write("train.tsv", "text\tlabel\na b c\tpos\nd e f\t\ng h i\tneg\nj k l\tpos\n");
        string[] scores = ["0.9, 0.1", "0.5, 0.5", "0.2, 0.8", "0.6, 0.4"];
        string predictions = _folder.Write("predictions.jsonl", string.Concat(scores.Select(row => row.Split(", "))
            .Select(row => $"{{\"scores\": {{\"pos\": {row[0]}, \"neg\": {row[1]}}}}}\n")));

        CliRun run = CliRun.Of("debug-data", train, "--predictions", predictions).Succeeded();

        Assert.That(run.Out, Does.Contain("0 of 3 rows").And.Contain("right on 100.0%"));
    }

    [Test]
    public void Debug_data_reads_the_data_of_an_options_file_and_the_command_line_wins()
    {
        string train = _folder.Write("train.csv", "id;kind;words\n" + string.Concat(Enumerable.Range(0, 30).Select(
            i => $"{i};{(i % 2 == 0 ? "pos" : "neg")};{(i % 2 == 0 ? "good" : "bad")} thing {i * 7919}\n")));
        string other = _folder.Write("other.csv", "words;kind\nalpha;pos\nbeta;neg\n");
        string options = _folder.File("options.json");
        CliRun.Of("init", train, "--text", "words", "--label", "kind", "--delimiter", ";", "--out", options)
            .Succeeded();

        CliRun run = CliRun.Of("debug-data", "--options", options).Succeeded();
        CliRun won = CliRun.Of("debug-data", other, "--options", options, "--text", "kind", "--label", "words")
            .Succeeded();

        Assert.That(run.Out, Does.StartWith($"train: 30 rows of {train}: neg 15, pos 15\n"));
        Assert.That(won.Out, Does.StartWith($"train: 2 rows of {other}: alpha 1, beta 1\n"));
    }

    [Test]
    public void Debug_data_asks_for_a_file_where_the_options_name_none()
    {
        string options = _folder.Write("options.json", "{\"data\": {\"label_column\": \"kind\"}}");

        CliRun run = CliRun.Of("debug-data", "--options", options);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, "error: a file is needed: debug-data DATA [--eval F] "
            + "[--test F], or --options F.json that names it.\n")));
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
            File.ReadAllText(output), Does.Contain("longer texts are cut after it, by the exported model too\n"));
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
