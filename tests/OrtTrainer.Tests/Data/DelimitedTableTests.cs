using OrtTrainer.Data;
using OrtTrainer.Randomness;

namespace OrtTrainer.Tests.Data;

internal sealed class DelimitedTableTests
{
    [Test]
    public void Tsv_keeps_quotes_as_ordinary_characters()
    {
        List<DataRow> rows = Tables.Read("label\ttext\n1\t\"Stop, he said.\n0\tsay \"no\"\n", DataFormat.Tsv);

        Assert.That(rows.Select(row => row["text"]), Is.EqualTo(new[] { "\"Stop, he said.", "say \"no\"" }));
        Assert.That(rows.Select(row => row.Line), Is.EqualTo(new[] { 2, 3 }));
    }

    [Test]
    public void Quoted_tsv_takes_tabs_and_breaks_inside_quotes()
    {
        TableOptions options = new() { Quoted = true };

        List<DataRow> rows = Tables.Read("a\tb\n\"x\ty\"\t\"1\n2\"\n", DataFormat.Tsv, options);

        Assert.That(rows.Single().Values, Is.EqualTo(new[] { "x\ty", "1\n2" }));
    }

    [TestCase("a,b\n1,2\n", new[] { "1", "2" })]
    [TestCase("a,b\n\"1,1\",2\n", new[] { "1,1", "2" })]
    [TestCase("a,b\n\"say \"\"hi\"\"\",2\n", new[] { "say \"hi\"", "2" })]
    [TestCase("a,b\n\"\",\n", new[] { "", "" })]
    [TestCase("a,b\nfive\" long,2\n", new[] { "five\" long", "2" })]
    [TestCase("a,b\n\"one\r\ntwo\n\nfour\",2\n", new[] { "one\ntwo\n\nfour", "2" })]
    [TestCase("a,b\n\"\"\"\",\"\n\"\n", new[] { "\"", "\n" })]
    [TestCase("a,b\n1,\"2\"", new[] { "1", "2" })]
    public void Csv_is_read_as_rfc_4180_says(string content, string[] expected)
    {
        Assert.That(Tables.Read(content, DataFormat.Csv).Single().Values, Is.EqualTo(expected));
    }

    [TestCase(DataFormat.Csv, ',')]
    [TestCase(DataFormat.Tsv, '\t')]
    public void Random_fields_come_back_as_they_were_quoted(DataFormat format, char delimiter)
    {
        const string Letters = "\"\n,\t až";
        SeededRandom random = new(17);
        string[][] rows = [.. Enumerable.Range(0, 500).Select(_ => (string[])[Field(), Field(), Field()])];
        string content = string.Concat(rows.Select(row => string.Join(delimiter, row.Select(Quoted)) + "\n"));
        TableOptions options = new() { Columns = ["a", "b", "c"], Quoted = true };

        List<DataRow> read = Tables.Read(content, format, options);

        Assert.That(read.Select(row => row.Values), Is.EqualTo(rows));
        int[] lines = [.. rows.Select(row => 1 + row.Sum(field => field.Count(letter => letter == '\n')))];
        Assert.That(read.Select(row => row.Line), Is.EqualTo(rows.Select((_, at) => 1 + lines.Take(at).Sum())));

        string Field() => string.Concat(
            Enumerable.Range(0, random.NextInt(6)).Select(_ => Letters[random.NextInt(Letters.Length)]));

        // Only fields that need it are quoted, as RFC 4180 allows.
        string Quoted(string field) => field.IndexOfAny(['"', '\n', delimiter]) < 0
            ? field
            : $"\"{field.Replace("\"", "\"\"")}\"";
    }

    [Test]
    public void A_row_after_a_field_with_line_breaks_has_its_own_line_number()
    {
        List<DataRow> rows = Tables.Read("a,b\n\"1\n2\n3\",x\n4,y\n", DataFormat.Csv);

        Assert.That(rows.Select(row => row.Line), Is.EqualTo(new[] { 2, 5 }));
    }

    [TestCase("\uFEFFa\tb\r\n1\t2\r\n3\t4", TestName = "Mark_and_CRLF_without_a_last_break")]
    [TestCase("a\tb\n1\t2\n3\t4\n", TestName = "LF")]
    [TestCase("a\tb\n1\t2\n\n3\t4\n\n\n", TestName = "Blank_lines_between_and_after")]
    public void Byte_order_mark_line_breaks_and_blank_lines_make_no_difference(string content)
    {
        List<DataRow> rows = Tables.Read(content, DataFormat.Tsv);

        Assert.That(rows[0].Columns.Names, Is.EqualTo(new[] { "a", "b" }));
        Assert.That(rows.SelectMany(row => row.Values), Is.EqualTo(new[] { "1", "2", "3", "4" }));
    }

    [Test]
    public void A_lone_carriage_return_and_unicode_separators_stay_in_the_text()
    {
        List<DataRow> rows = Tables.Read("a\tb\none\rtwo\tx\u2028y\u0085z\n", DataFormat.Tsv);

        Assert.That(rows.Single().Values, Is.EqualTo(new[] { "one\rtwo", "x\u2028y\u0085z" }));
    }

    [Test]
    public void Named_columns_make_the_first_line_a_row()
    {
        TableOptions options = new() { Columns = ["source", "label", "mark", "sentence"] };

        DataRow row = Tables.Read("gj04\t0\t*\tThey drank the pub.\n", DataFormat.Tsv, options).Single();

        Assert.That((row.Line, row["label"], row["sentence"]), Is.EqualTo((1, "0", "They drank the pub.")));
    }

    [TestCase("a\tb\n1\t2\n1\n", DataFormat.Tsv, "inline, line 3: found 1 field; expected 2 (a, b). Fields are "
        + "separated by a tab: correct the line, or give another delimiter (--delimiter), or other names of columns "
        + "(--columns).")]
    [TestCase("a\tb\n1\t2\t3\n", DataFormat.Tsv, "inline, line 2: found 3 fields; expected 2 (a, b). Fields are "
        + "separated by a tab: correct the line, or give another delimiter (--delimiter).")]
    [TestCase("a;b\n1;2;3\n", DataFormat.Csv, "inline, line 2: found 3 fields; expected 2 (a, b). Fields are separated "
        + "by ';': put double quotes round a text that has one in it, or give another delimiter (--delimiter).")]
    public void Ragged_rows_are_refused_with_line_found_expected_and_delimiter(
        string content, DataFormat format, string message) =>
        Assert.That(Tables.Refusal(content, format).Message, Is.EqualTo(message));

    [Test]
    public void Extra_fields_can_be_ignored_but_missing_ones_cannot()
    {
        TableOptions options = new() { IgnoreExtraFields = true };

        List<DataRow> rows = Tables.Read("a\tb\n1\t2\tlicence\n", DataFormat.Tsv, options);

        Assert.That(rows.Single().Values, Is.EqualTo(new[] { "1", "2" }));
        Assert.That(Tables.Refusal("a\tb\n1\n", DataFormat.Tsv, options).Line, Is.EqualTo(2));
    }

    [Test]
    public void A_quote_never_closed_is_blamed_where_it_opens()
    {
        DataFileException refusal = Tables.Refusal("a,b\n1,2\n3,\"open\n5,6\n7,8\n", DataFormat.Csv);

        Assert.That(refusal.Message, Does.StartWith("inline, line 3: the quote that opens field 2 is never closed"));
    }

    [Test]
    public void Text_after_a_closing_quote_is_refused()
    {
        DataFileException refusal = Tables.Refusal("a,b\n\"big\" dog,2\n", DataFormat.Csv);

        Assert.That(refusal.Message, Does.StartWith("inline, line 2: ' ' follows a closing quote, in field 1"));
    }

    [Test]
    public void Columns_without_a_name_of_their_own_are_no_error_until_they_are_asked_for()
    {
        DataRow row = Tables.Read("v1,v2,,,v1\nham,hello,,,x\n", DataFormat.Csv).Single();

        Assert.That(row["v2"], Is.EqualTo("hello"));
        Assert.That(() => row["v1"], Throws.TypeOf<DataFileException>().With.Message.EqualTo(
            "inline, line 2: columns 1 and 5 have the same name 'v1'. Rename all but one, or name the columns " +
            "yourself."));
        Assert.That(() => row["v3"], Throws.TypeOf<DataFileException>().With.Message.Contains(
            "Columns present: v1, v2, v1 and 2 without a name."));
    }

    [TestCase("v1,v2,,\nham,hello,,\n", true, TestName = "The_rest_nameless")]
    [TestCase("V1, v2 ,a,b\nham,hello,,\n", true, TestName = "Case_and_spaces")]
    [TestCase("ham,hello,,\n", false, TestName = "A_row")]
    [TestCase("v1,hello,,\n", false, TestName = "A_row_with_one_of_the_names")]
    public void A_first_line_with_the_names_that_are_given_is_a_header(string content, bool isHeader)
    {
        List<string> notes = [];
        using MemoryStream stream = new(System.Text.Encoding.UTF8.GetBytes(content));
        TableOptions options = new() { Format = DataFormat.Csv, Columns = ["v1", "v2", "a", "b"] };

        List<DataRow> rows = [.. TableReader.Read(stream, "inline", options, notes.Add)];

        Assert.That(rows.Single()["v2"], Is.EqualTo("hello"));
        Assert.That(notes, Is.EqualTo(isHeader
            ? new[] { "inline, line 1: the line has the names of the columns and is no row." }
            : Array.Empty<string>()));
    }
}
