using System.Text.Json;

namespace OrtTrainer.Tests.Cli;

/// <summary>What comes after training, on one short run.</summary>
public sealed class PipelineTests : DeskRunFixture
{
    [Test]
    public void Lines_of_standard_input_are_labelled_in_order()
    {
        CliRun run = CliRun.WithInput(
            "where is my parcel\nyou charged my card twice\n", "predict", "--model", Model, "--input", "-").Succeeded();

        Assert.That(run.Lines, Has.Count.EqualTo(2));
        Assert.That(run.Lines[0], Does.Match(
            """^\{"label":"(billing|delivery)","score":0\.\d+,"scores":\{"billing":0\.\d+,"delivery":0\.\d+\}\}$"""));
        JsonElement scores = JsonDocument.Parse(run.Lines[1]).RootElement.GetProperty("scores");
        Assert.That(scores.EnumerateObject().Sum(score => score.Value.GetDouble()), Is.EqualTo(1).Within(1e-6));
    }

    [Test]
    public void A_table_its_lines_and_json_lines_give_the_same_predictions()
    {
        string[] texts = [.. File.ReadLines(Desk.Test).Skip(1).Select(row => row.Split('\t')[0])];
        string lines = Desk.Write("texts.txt", string.Join('\n', texts));
        string json = Desk.Write("texts.jsonl", string.Concat(texts.Select(text => $"{{\"body\": \"{text}\"}}\n")));

        string expected = CliRun.Of("predict", "--model", Model, "--input", Desk.Test).Succeeded().Out;

        Assert.That(CliRun.Of("predict", "--model", Model, "--input", lines).Out, Is.EqualTo(expected));
        Assert.That(CliRun.Of("predict", "--model", Model, "--input", json, "--text", "body").Out,
            Is.EqualTo(expected));
        Assert.That(CliRun.WithInput(File.ReadAllText(Desk.Test), "predict", "--model", Model, "--input", "-",
            "--format", "tsv").Out,
            Is.EqualTo(expected));
    }

    [TestCase("predict", "--input")]
    [TestCase("evaluate", "--data")]
    public void A_text_that_is_a_list_is_refused_with_its_line(string verb, string option)
    {
        string file = Desk.Write("lists.jsonl", """
            {"text": "my card", "label": "billing"}
            {"text": ["my", "card"], "label": "billing"}
            """);
        string output = Desk.File("labelled.jsonl");
        string[] to = verb == "predict" ? ["--output", output] : [];

        CliRun run = CliRun.Of([verb, "--model", Model, option, file, .. to]);

        Assert.That(run, Is.EqualTo(new CliRun(1, "", $"error: {file}, line 2: 'text' is a list, [\"my\", \"card\"]; "
            + "expected a text, such as \"text\": \"…\". Write it as a string, or name the column that holds the "
            + "text.\n")));
        Assert.That(File.Exists(output), Is.False);
    }

    [Test]
    public void A_json_array_and_a_table_with_semicolons_give_the_same_predictions()
    {
        string[] texts = [.. File.ReadLines(Desk.Test).Skip(1).Select(row => row.Split('\t')[0])];
        string[] objects = [.. texts.Select(text => $"{{\"text\": \"{text}\"}}")];
        string array = Desk.Write("texts.json", $"[\n{string.Join(",\n", objects)}\n]");
        string table = Desk.Write(
            "texts.csv", "sep=;\r\nid;text\r\n" + string.Concat(texts.Select(text => $"1;{text}\r\n")));
        string bars = Desk.Write("bars.csv", "id|text\n" + string.Concat(texts.Select(t => $"1|{t}\n")));
        string expected = CliRun.Of("predict", "--model", Model, "--input", Desk.Test).Succeeded().Out;

        CliRun semicolons = CliRun.Of("predict", "--model", Model, "--input", table);

        Assert.That(CliRun.Of("predict", "--model", Model, "--input", array).Succeeded().Out, Is.EqualTo(expected));
        Assert.That(CliRun.Of("predict", "--model", Model, "--input", bars, "--delimiter", "|").Succeeded().Out,
            Is.EqualTo(expected));
        Assert.That((semicolons.ExitCode, semicolons.Out), Is.EqualTo((0, expected)));
        Assert.That(semicolons.Error, Is.EqualTo(
            $"note: {table}: fields are separated by ';', as its first line says; a comma in a number is its decimal "
            + "point.\n"));
    }

    [TestCase("texts.parquet", "PAR1\u0015", "the Parquet file cannot be read: ")]
    [TestCase("texts.xlsx", "PK\u0003\u0004", "'.xlsx' is the extension of a spreadsheet's workbook, which is")]
    [TestCase("texts.csv", "PAR1\u0015", "the Parquet file cannot be read: ")]
    [TestCase("texts.docs", "a line", "the extension '.docs' does not tell the format; state it: --format csv, tsv,")]
    public void What_is_no_text_is_refused_by_predict_and_evaluate(string name, string content, string message)
    {
        string file = Desk.Write(name, content);
        foreach (string[] words in new[] { new[] { "predict", "--input" }, ["evaluate", "--data"] })
        {
            CliRun run = CliRun.Of(words[0], "--model", Model, words[1], file);
            Assert.That((run.ExitCode, run.Out), Is.EqualTo((1, "")), words[0]);
            Assert.That(run.Error, Does.Contain($"{file}: {message}"), words[0]);
        }
    }

    [Test]
    public void Half_of_a_surrogate_pair_is_refused_with_its_line()
    {
        string data = Desk.Write("half.jsonl", """
            {"text":"fine","label":"billing"}
            {"text":"broken \ud83d","label":"delivery"}
            """);
        string options = Desk.Write("half-options.json", """{"metric": "\udc4d"}""");
        string[] words = Desk.Finetune("x");
        words[Array.IndexOf(words, "--train") + 1] = data;
        string message = $"{data}, line 2: not a JSON object on one line: a string holds half of a surrogate pair";

        Assert.That(CliRun.Of("predict", "--model", Model, "--input", data).Error, Does.Contain(message));
        Assert.That(CliRun.Of("evaluate", "--model", Model, "--data", data).Error, Does.Contain(message));
        Assert.That(CliRun.Of(words).Error, Does.Contain(message));
        Assert.That(CliRun.Of(Desk.Finetune("x", "--options", options)).Error,
            Does.Contain($"{options}: the options cannot be read: a string holds half of a surrogate pair"));
    }

    [Test]
    public void Without_texts_and_with_a_threshold_of_other_models_something_is_said()
    {
        CliRun empty = CliRun.WithInput("", "predict", "--model", Model, "--input", "-");
        Assert.That(empty, Is.EqualTo(new CliRun(
            0, "", "note: standard input: there are no texts in it; nothing was predicted.\n")));
        CliRun refused = CliRun.Of("predict", "--model", Model, "--input", Desk.Test, "--threshold", "0.5");
        Assert.That(refused.ExitCode, Is.EqualTo(2));
        Assert.That(refused.Error, Does.Contain("--threshold is for models of several labels"));
    }

    [Test]
    public void A_pair_of_lines_is_refused_with_what_to_add()
    {
        CliRun run = CliRun.WithInput("a\n", "predict", "--model", Model, "--input", "-", "--pair", "b");

        Assert.That(run, Is.EqualTo(new CliRun(
            2, "", "error: every line of the input is one text: for columns, add --format csv, tsv or jsonl.\n")));
    }

    [Test]
    public void Evaluation_gives_the_scores_that_the_run_reported()
    {
        JsonElement summary = JsonDocument.Parse(File.ReadAllText(Path.Combine(Model, "run", "summary.json")))
            .RootElement;
        string exported = summary.GetProperty("exported").GetString()!;

        CliRun run = CliRun.Of("evaluate", "--model", Model, "--data", Desk.Eval, "--json").Succeeded();

        JsonElement scores = JsonDocument.Parse(run.Out).RootElement;
        Assert.That(scores.GetProperty("score").GetDouble(), Is.EqualTo(summary.GetProperty(exported).GetDouble()));
        Assert.That(scores.GetProperty("values").GetProperty("loss").GetDouble(),
            Is.EqualTo(summary.GetProperty($"eval_{exported}").GetProperty("loss").GetDouble()).Within(1e-5));
    }

    [Test]
    public void Evaluation_prints_one_metric_alone_where_asked()
    {
        string all = CliRun.Of("evaluate", "--model", Model, "--data", Desk.Eval).Succeeded().Out;
        string one = CliRun.Of("evaluate", "--model", Model, "--data", Desk.Eval, "--metric", "macro_f1").Succeeded()
            .Out;

        Assert.That(all, Does.StartWith($"6 examples of {Desk.Eval}\n  loss               "));
        Assert.That(all, Does.Contain($"\n  macro_f1           {one}"));
    }

    [Test]
    public void Predict_says_what_it_runs_on_where_asked()
    {
        CliRun run = CliRun.WithInput("a\n", "predict", "--model", Model, "--input", "-", "--verbose");

        Assert.That((run.ExitCode, run.Error),
            Is.EqualTo((0, "note: packed graph without padding, fp32, C# kernels\n")));
    }

    [TestCase("predict", "--input")]
    [TestCase("evaluate", "--data")]
    public void A_precision_that_is_none_is_refused(string verb, string data)
    {
        CliRun run = CliRun.Of(verb, "--model", Model, data, Desk.Test, "--precision", "fp64");

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("--precision is 'fp64'; expected fp32, tf32, bf16 or fp16"));
    }
}
