using System.Text;
using OrtTrainer.Common;
using OrtTrainer.Data;

namespace OrtTrainer.Tests.Data;

internal sealed class TableReaderTests
{
    [Test]
    public void An_absent_column_gets_the_nearest_name_and_the_list_of_those_present()
    {
        DataRow row = Tables.Read("label\tsentence\n1\tx\n", DataFormat.Tsv).Single();

        string message = Assert.Throws<DataFileException>(() => _ = row["sentense"])!.Message;

        Assert.That(message, Does.StartWith(
            "inline, line 2: there is no column 'sentense'. Did you mean 'sentence'? "
            + "Columns present: label, sentence."));
    }

    [Test]
    public void Nothing_is_suggested_for_a_name_like_no_other()
    {
        DataRow row = Tables.Read("label\tsentence\n1\tx\n", DataFormat.Tsv).Single();

        Assert.That(Assert.Throws<DataFileException>(() => _ = row["id"])!.Message, Does.Not.Contain("Did you mean"));
    }

    [TestCase("ok x", new byte[] { 0xE9 }, "inline, line 3: not valid UTF-8: 0xE9 at byte 5 of the line",
        TestName = "Latin_1")]
    [TestCase("", new byte[] { 0xC0, 0xAF }, "inline, line 3: not valid UTF-8: 0xC0", TestName = "Overlong")]
    [TestCase("", new byte[] { 0xED, 0xA0, 0x80 }, "inline, line 3: not valid", TestName = "Surrogate")]
    [TestCase("é", new byte[] { 0xE2, 0x82 }, "inline, line 3: not valid UTF-8: 0xE2 0x82 at byte 3",
        TestName = "Cut_off_at_the_end")]
    public void Invalid_utf8_is_refused_with_its_line(string before, byte[] invalid, string message)
    {
        byte[] content = [.. Encoding.UTF8.GetBytes($"a\nfine\n{before}"), .. invalid];

        Assert.That(Tables.Refusal(content, DataFormat.Tsv).Message, Does.StartWith(message));
    }

    [Test]
    public void Lines_longer_than_the_buffer_and_characters_across_its_edge_survive()
    {
        string text = string.Concat(Enumerable.Repeat("žluť😀", 40_000));

        List<DataRow> rows = Tables.Read($"short\n{text}\nlast", DataFormat.Lines);

        Assert.That(rows.Select(row => row["text"]), Is.EqualTo(new[] { "short", text, "last" }));
    }

    [Test]
    public void Plain_lines_keep_empty_ones_so_that_answers_stay_in_step()
    {
        List<DataRow> rows = Tables.Read("one\n\nthree\n", DataFormat.Lines);

        Assert.That(rows.Select(row => row["text"]), Is.EqualTo(new[] { "one", "", "three" }));
    }

    [Test]
    public void Json_lines_give_strings_as_they_are_and_other_values_as_json()
    {
        DataRow row = Tables.Read(
            """{"text":"a\n\"b\" ž","label":3,"score":-1.5,"tags":["x","y"],"note":null,"ok":true}""",
            DataFormat.JsonLines).Single();

        Assert.That(row.Values, Is.EqualTo(new[] { "a\n\"b\" ž", "3", "-1.5", """["x","y"]""", "", "true" }));
    }

    [Test]
    public void Json_lines_may_order_their_properties_differently()
    {
        List<DataRow> rows = Tables.Read("{\"a\":1,\"b\":2}\n\n{\"b\":4,\"a\":3}\n", DataFormat.JsonLines);

        Assert.That(
            rows.Select(row => (row.Line, row["a"], row["b"])),
            Is.EqualTo(new[] { (1, "1", "2"), (3, "3", "4") }));
    }

    [TestCase("{\"a\":1}\n{\"a\":\n", "inline, line 2: not a JSON object on one line")]
    [TestCase("{\"a\":1,\"a\":2}\n", "inline, line 1: not a JSON object on one line")]
    [TestCase("[\"a\"]\n", "inline, line 1: found a JSON array; expected one object per line")]
    public void Malformed_json_lines_are_refused(string content, string message)
    {
        Assert.That(Tables.Refusal(content, DataFormat.JsonLines).Message, Does.StartWith(message));
    }

    [Test]
    public void A_stream_is_read_no_further_than_the_row_asked_for()
    {
        // The second line is invalid: reaching the first row shows that it was delivered before the second was looked
        // at.
        using MemoryStream stream = new([(byte)'a', (byte)'\n', 0xFF, (byte)'\n']);

        TableOptions options = new() { Format = DataFormat.Lines };
        DataRow first = TableReader.Read(stream, "standard input", options).First();

        Assert.That(first["text"], Is.EqualTo("a"));
    }

    [Test]
    public void Rows_for_prediction_come_with_columns_or_as_plain_lines()
    {
        DataRow plain = Tables.Read("hello there\n", DataFormat.Lines).Single();
        DataRow pair = Tables.Read("""{"q":"who?","a":"me"}""", DataFormat.JsonLines).Single();

        Assert.That(new ExampleColumns().Of(plain), Is.EqualTo(new Example("hello there", null, null, 1)));
        Assert.That(new ExampleColumns("q", "a").Of(pair), Is.EqualTo(new Example("who?", "me", null, 1)));
    }

    [Test]
    public void Lines_have_one_column_and_json_lines_name_their_own()
    {
        TableOptions options = new() { Columns = ["a", "b"] };

        Assert.That(() => Tables.Read("x\n", DataFormat.Lines, options), Throws.TypeOf<DataFileException>()
            .With.Message.Contains("lines of text are one column; found 2 names"));
        Assert.That(() => Tables.Read("{}\n", DataFormat.JsonLines, options), Throws.TypeOf<DataFileException>()
            .With.Message.Contains("JSON names its own columns"));
    }

    [Test]
    public void A_stream_needs_a_stated_format()
    {
        Assert.That(
            () => TableReader.Read(Stream.Null, "standard input", new TableOptions()),
            Throws.ArgumentException.With.Message.StartsWith("standard input has no extension"));
    }

    [Test]
    public void The_extension_tells_the_format_and_an_unknown_one_is_refused()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            (string, string)[] files = [("f.CSV", "a,b\n1,2"), ("f.tsv", "a\tb\n1\t2"), ("f.jsonl", "{\"b\":\"2\"}")];
            foreach ((string name, string content) in files)
            {
                string path = Path.Combine(folder, name);
                File.WriteAllText(path, content);
                Assert.That(TableReader.Read(path).Single()["b"], Is.EqualTo("2"), name);
            }

            File.WriteAllText(Path.Combine(folder, "f.all"), "a,b\n");
            Assert.That(
                () => TableReader.Read(Path.Combine(folder, "f.all")).Count(),
                Throws.TypeOf<DataFileException>()
                    .With.Message.Contains("the extension '.all' does not tell the format"));
            Assert.That(
                () => TableReader.Read(Path.Combine(folder, "absent.tsv")).Count(),
                Throws.TypeOf<DataFileException>().With.Message.Contains("cannot be opened"));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [TestCase]
    [TestCase("a", "")]
    [TestCase("a", "b", "a")]
    public void Column_names_that_cannot_be_told_apart_are_refused(params string[] names)
    {
        Assert.That(() => new TableOptions { Columns = names }, Throws.ArgumentException);
    }

    [TestCase("sentense", "sentence")]
    [TestCase("Text", "text")]
    [TestCase("lable", "label")]
    [TestCase("q", null)]
    [TestCase("premise", null)]
    public void The_nearest_name_is_near(string name, string? expected)
    {
        Assert.That(NearestName.Of(name, ["label", "sentence", "text", "index"]), Is.EqualTo(expected));
    }
}
