namespace OrtTrainer.Tests.Cli;

/// <summary>
/// Input that cannot be used: one line that says what, where and what to do, exit code 1, and no output folder.
/// </summary>
public sealed class BadInputTests
{
    private DeskTask _desk = null!;

    [SetUp]
    public void Make() => _desk = new DeskTask();

    [TearDown]
    public void Remove() => _desk.Dispose();

    [Test]
    public void A_model_folder_that_is_missing()
    {
        Refused(Run("--model", "/no/such/model"),
            "/no/such/model: there is no such folder. Give a folder in Hugging Face layout: "
            + "config.json, weights and tokenizer files.");
    }

    [Test]
    public void A_file_in_place_of_a_model_folder()
    {
        Refused(Run("--model", _desk.Train),
            $"{_desk.Train}: is a file; a model is the folder that holds it. Give a folder in "
            + "Hugging Face layout: config.json, weights and tokenizer files.");
    }

    [Test]
    public void A_text_column_that_is_absent()
    {
        Refused(Run("--text", "txt"),
            $"{_desk.Train}, line 2: there is no column 'txt'. Did you mean 'text'? Columns present: text, "
            + "label. Name the one that is meant (--text, --pair, --label). For a file without a header line, name its "
            + "columns left to right (--columns).");
    }

    [Test]
    public void A_test_label_that_train_does_not_have()
    {
        string test = _desk.Write("other.tsv", "text\tlabel\nwhere is my parcel\tdeliveri\n");

        Refused(Run("--test", test),
            $"{test}, line 2: the label 'deliveri' is not known from the training data or the model. Did you "
            + "mean 'delivery'? Known labels: billing, delivery.");
    }

    [Test]
    public void One_class_only()
    {
        string train = _desk.Write("one.tsv", "text\tlabel\na parcel\tdelivery\nno parcel\tdelivery\n");

        Refused(Run("--train", train),
            $"{train}: all 2 rows have the label 'delivery' in column 'label'; expected at least two "
            + "different ones. Is it the right column?");
    }

    [Test]
    public void A_text_that_is_a_list()
    {
        string train = _desk.Write("lists.jsonl", """
            {"text": "my card", "label": "billing"}
            {"text": ["my", "parcel"], "label": "delivery"}
            """);

        Refused(Run("--train", train),
            $"{train}, line 2: 'text' is a list, [\"my\", \"parcel\"]; expected a text, such as \"text\": \"…\". "
            + "Write it as a string, or name the column that holds the text.");
    }

    [TestCase("")]
    [TestCase("text\tlabel\n")]
    public void An_empty_file(string content)
    {
        string train = _desk.Write("empty.tsv", content);

        Refused(Run("--train", train), $"{train}: there are no rows in it; expected at least one example.");
    }

    [Test]
    public void A_data_file_that_is_missing()
    {
        CliRun run = Run("--train", "/no/such/file.tsv");

        Assert.That((run.ExitCode, run.Out), Is.EqualTo((1, "")));
        Assert.That(run.Error, Does.StartWith("error: /no/such/file.tsv: cannot be opened: there is no such "));
    }

    [Test]
    public void A_file_whose_format_is_unknown()
    {
        string train = _desk.Write("data.xyz", "");

        Refused(Run("--train", train),
            $"{train}: the extension '.xyz' does not tell the format; state it: --format csv, tsv, jsonl, json, conll "
            + "or lines.");
    }

    [Test]
    public void Text_that_is_not_utf8()
    {
        string train = _desk.File("latin.tsv");
        File.WriteAllBytes(train, [.. "text\tlabel\ncaf"u8, 0xE9, .. "\tbilling\n"u8]);

        CliRun run = Run("--train", train);

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.StartWith($"error: {train}, line 2: "));
    }

    [Test]
    public void A_header_of_weights_that_claims_too_much()
    {
        string weights = Path.Combine(_desk.Model, "model.safetensors");
        File.WriteAllBytes(weights, [0, 0, 0, 0, 0, 0, 0, 16, .. "{}"u8]);

        CliRun run = Run();

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.StartWith($"error: {weights}: ").And.Not.Contain("unexpected"));
    }

    [Test]
    public void An_architecture_that_is_unknown()
    {
        string config = Path.Combine(_desk.Model, "config.json");
        File.WriteAllText(config, File.ReadAllText(config).Replace("\"bert\"", "\"mamba\""));

        CliRun run = Run();

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.StartWith("error: ").And.Contain("config.json").And.Contain("mamba"));
    }

    [Test]
    public void An_output_folder_that_is_not_empty_keeps_what_it_holds()
    {
        Directory.CreateDirectory(_desk.File("out"));
        string mine = _desk.Write("out/mine.txt", "precious");

        CliRun run = CliRun.Of(_desk.Finetune("out"));

        Assert.That(run, Is.EqualTo(new CliRun(1, "",
            $"error: {_desk.File("out")}: the output folder is not empty. Choose another --out, or remove it.\n")));
        Assert.That(File.ReadAllText(mine), Is.EqualTo("precious"));
        Assert.That(Directory.EnumerateFileSystemEntries(_desk.File("out")).Count(), Is.EqualTo(1));
    }

    [Test]
    public void A_file_in_place_of_the_output_folder_is_kept()
    {
        string mine = _desk.Write("mine.txt", "precious");

        CliRun run = CliRun.Of(_desk.Finetune("mine.txt"));

        Assert.That(run, Is.EqualTo(new CliRun(1, "",
            $"error: {mine}: a file is where the output folder shall be. Choose another --out, or remove it.\n")));
        Assert.That(File.ReadAllText(mine), Is.EqualTo("precious"));
    }

    [Test]
    public void A_delimiter_for_files_that_have_none()
    {
        string train = _desk.Write("train.jsonl", "{\"text\": \"a parcel\", \"label\": \"delivery\"}\n");

        Refused(Run("--train", train, "--delimiter", ";"),
            $"{train}: only CSV and TSV have fields to separate. Leave the delimiter out, or state the format.");
    }

    [Test]
    public void A_folder_without_a_run_to_resume()
    {
        CliRun run = CliRun.Of("finetune", "--resume", _desk.Folder);

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.StartWith($"error: {_desk.Folder}: there is no run to resume; "));
    }

    [Test]
    public void A_learning_rate_at_which_the_loss_is_no_longer_a_number()
    {
        CliRun run = CliRun.Of(_desk.Finetune("out", "--lr", "1e30", "--clip", "1e30"));

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error,
            Does.Match(@"^error: Step \d: the loss is .*both must be finite.*: try a lower one, .*\n$"));
    }

    [Test]
    public void An_encoder_without_a_head_gives_vectors_and_says_so()
    {
        CliRun run = CliRun.WithInput("a\n", "predict", "--model", _desk.Model, "--input", "-");

        Assert.That(run.ExitCode, Is.Zero);
        Assert.That(run.Lines.Single(), Does.StartWith("{\"embedding\":["));
        Assert.That(run.Error, Does.Contain("has no modules.json that says how vectors are made"));
    }

    private CliRun Run(params string[] changes)
    {
        // What is changed replaces the words of the same name.
        List<string> words = [.. _desk.Finetune("out")];
        for (int i = 0; i < changes.Length; i += 2)
        {
            int at = words.IndexOf(changes[i]);
            if (at >= 0)
            {
                words.RemoveRange(at, 2);
            }

            words.AddRange([changes[i], changes[i + 1]]);
        }

        return CliRun.Of([.. words]);
    }

    private void Refused(CliRun run, string expected)
    {
        Assert.That(run, Is.EqualTo(new CliRun(1, "", $"error: {expected}\n")));
        Assert.That(Directory.Exists(_desk.File("out")), Is.False);
    }
}
