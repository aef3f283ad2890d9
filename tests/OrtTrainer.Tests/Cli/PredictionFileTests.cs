using System.Text.Json;

namespace OrtTrainer.Tests.Cli;

/// <summary>Files that <c>predict</c> writes, by the names they are given.</summary>
public sealed class PredictionFileTests : DeskRunFixture
{
    [Test]
    public void An_output_file_holds_what_standard_output_would_show()
    {
        string file = Desk.File("predictions.jsonl");

        CliRun run = CliRun.Of("predict", "--model", Model, "--input", Desk.Test, "--output", file).Succeeded();

        Assert.That(run.Out, Is.Empty);
        Assert.That(File.ReadAllText(file),
            Is.EqualTo(CliRun.Of("predict", "--model", Model, "--input", Desk.Test).Out));
    }

    [Test]
    public void A_failure_half_way_leaves_the_output_file_as_it_was()
    {
        string file = Desk.Write("kept.jsonl", "what was there\n");
        string input = Desk.Write("bad.jsonl", "{\"text\": \"where is my parcel\"}\n{\"text\": \n");

        CliRun run = CliRun.Of("predict", "--model", Model, "--input", input, "--output", file, "--overwrite");

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.StartWith($"error: {input}, line 2: not a JSON object on one line:"));
        Assert.That(File.ReadAllText(file), Is.EqualTo("what was there\n"));
    }

    [Test]
    public void A_file_is_replaced_where_that_is_asked_for_and_the_input_never()
    {
        string input = Desk.Write("texts.txt", "where is my parcel\n");
        string file = Desk.Write("kept.jsonl", "what was there\n");

        CliRun kept = CliRun.Of("predict", "--model", Model, "--input", input, "--output", file);
        Assert.That(
            (kept.ExitCode, kept.Error),
            Is.EqualTo((1, $"error: {file} is there already and stays as it is. Choose another --output, or give "
                + "--overwrite.\n")));
        CliRun own = CliRun.Of("predict", "--model", Model, "--input", input, "--output", input, "--overwrite");
        Assert.That((own.ExitCode, own.Error), Is.EqualTo(
            (1, $"error: {input} is what is read, and stays as it is. Choose another --output.\n")));
        Assert.That(File.ReadAllText(input), Is.EqualTo("where is my parcel\n"));

        CliRun.Of("predict", "--model", Model, "--input", input, "--output", file, "--overwrite").Succeeded();
        Assert.That(File.ReadAllText(file), Does.StartWith("{").And.Not.Contain("what was there"));
    }

    [Test]
    public void A_table_has_the_columns_of_its_input_and_what_was_predicted()
    {
        string input = Desk.Write("ticket.csv", """"
            id,text,label
            7,"my card, ""please""",billing
            8,where is my parcel,delivery

            """");
        JsonElement[] expected = [.. CliRun.Of("predict", "--model", Model, "--input", input).Succeeded().Lines
            .Select(line => JsonDocument.Parse(line).RootElement)];

        string[] table = Written("answered.csv", input);

        Assert.That(table, Is.EqualTo(new[]
        {
            "id,text,label,predicted.label,predicted.score,predicted.scores.billing,predicted.scores.delivery",
            $"7,\"my card, \"\"please\"\"\",billing,{Fields(expected[0], ',')}",
            $"8,where is my parcel,delivery,{Fields(expected[1], ',')}",
        }));
    }

    [Test]
    public void A_table_of_a_table_with_semicolons_has_them_too_and_decimal_commas()
    {
        string input = Desk.Write("desk.csv", "text;id\nwhere is my parcel;1,5\n");
        JsonElement expected = JsonDocument.Parse(
            CliRun.Of("predict", "--model", Model, "--input", input, "--delimiter", ";").Succeeded().Lines[0])
            .RootElement;

        string[] table = Written("excel.csv", input, "--delimiter", ";");

        Assert.That(table[0], Does.StartWith("text;id;predicted.label;predicted.score;"));
        Assert.That(table[1], Is.EqualTo($"where is my parcel;1,5;{Fields(expected, ';').Replace('.', ',')}"));
    }

    [Test]
    public void A_table_is_read_again_as_it_was_written()
    {
        string[] first = Written("once.csv", Desk.Test);
        string[] second = Written("twice.csv", Desk.File("once.csv"));

        Assert.That(second, Has.Length.EqualTo(first.Length));
        Assert.That(second.Skip(1).Zip(first.Skip(1)), Has.All.Matches<(string, string)>(
            lines => lines.Item1.StartsWith(lines.Item2 + ",", StringComparison.Ordinal)));
    }

    [Test]
    public void A_column_that_the_first_row_has_not_is_refused_and_one_that_is_missing_stays_empty()
    {
        string fewer = Desk.Write("fewer.jsonl", """
            {"text": "my card", "id": 1}
            {"text": "my parcel"}

            """);
        string more = Desk.Write("more.jsonl", """
            {"text": "my card"}
            {"text": "my parcel", "id": 2}

            """);

        Assert.That(Written("fewer.csv", fewer)[2], Does.StartWith("my parcel,,"));
        CliRun refused = CliRun.Of("predict", "--model", Model, "--input", more, "--output", Desk.File("more.csv"));
        Assert.That(refused.ExitCode, Is.EqualTo(1));
        Assert.That(refused.Error, Does.StartWith($"error: {more}, line 2: there is a column 'id'"));
        Assert.That(File.Exists(Desk.File("more.csv")), Is.False);
    }

    [Test]
    public void A_text_in_place_of_a_file_is_told_with_how_to_give_it()
    {
        CliRun run = CliRun.Of("predict", "--model", Model, "--input", "where is my parcel?");

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("by standard input: echo"));
    }

    [TestCase("answers.xlsx")]
    [TestCase("answers.TSV")]
    [TestCase("answers.parquet")]
    public void A_name_that_promises_another_format_is_refused(string name)
    {
        CliRun run = CliRun.Of("predict", "--model", Model, "--input", Desk.Test, "--output", Desk.File(name));

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("(.jsonl)").And.Contain("(.csv)").And.Contain("(.npy)"));
        Assert.That(File.Exists(Desk.File(name)), Is.False);
    }

    private string[] Written(string name, string input, params string[] more)
    {
        string file = Desk.File(name);
        CliRun.Of(["predict", "--model", Model, "--input", input, "--output", file, .. more]).Succeeded();
        return File.ReadAllLines(file);
    }

    private static string Fields(JsonElement prediction, char delimiter) => string.Join(
        delimiter,
        [
            prediction.GetProperty("label").GetString()!,
            prediction.GetProperty("score").GetRawText(),
            .. prediction.GetProperty("scores").EnumerateObject().Select(score => score.Value.GetRawText()),
        ]);
}
