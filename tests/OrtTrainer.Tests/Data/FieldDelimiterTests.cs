using System.Text;
using OrtTrainer.Data;
using OrtTrainer.Tasks.Regression;

namespace OrtTrainer.Tests.Data;

/// <summary>CSV as spreadsheets write it where numbers have a decimal comma.</summary>
public sealed class FieldDelimiterTests
{
    private const string Found = "inline: fields are separated by ';', as its first line shows; a comma in a number "
        + "is its decimal point.";

    [TestCase("\uFEFFtext;label\r\n\"Ja; gern, ja\";pos\r\n", "Ja; gern, ja", Found)]
    [TestCase("sep=;\r\ntext;label\r\n\"Ja; gern\";pos\r\n", "Ja; gern",
        "inline: fields are separated by ';', as its first line says; a comma in a number is its decimal point.")]
    [TestCase("text\tlabel\nJa, gern\tpos\n", "Ja, gern",
        "inline: fields are separated by a tab, as its first line shows.")]
    [TestCase("\uFEFFsep=\t\r\ntext\tlabel\r\nJa, gern\tpos\r\n", "Ja, gern",
        "inline: fields are separated by a tab, as its first line says.")]
    [TestCase("text|label\nJa, gern|pos\n", "Ja, gern",
        "inline: fields are separated by '|', as its first line shows.")]
    [TestCase("\"text;x\",label\nJa;pos\n", null, null)]
    [TestCase("text,label\nJa; gern,pos\n", "Ja; gern", null)]
    [TestCase("sep=,\ntext,label\nJa; gern,pos\n", "Ja; gern", null)]
    public void The_first_line_tells_the_delimiter_and_another_than_the_comma_is_noted(
        string content, string? text, string? note)
    {
        List<string> notes = [];
        List<DataRow> Read() => [.. TableReader.Read(
            new MemoryStream(Encoding.UTF8.GetBytes(content)), "inline", Csv, notes.Add)];

        if (text is null)
        {
            Assert.That(Read, Throws.TypeOf<DataFileException>().With.Message.Contains("found 1 field; expected 2"));
            return;
        }

        Assert.That(Read().Single()["text"], Is.EqualTo(text));
        Assert.That(notes, Is.EqualTo(note is null ? [] : new[] { note }));
    }

    [Test]
    public void A_file_without_a_header_has_the_delimiter_that_gives_as_many_fields_as_names()
    {
        TableOptions named = Csv with { Columns = ["text", "label"] };

        Assert.That(Tables.Read("sehr gut;pos\n", DataFormat.Csv, named).Single()["label"], Is.EqualTo("pos"));
        Assert.That(Tables.Read("gut; gern,pos\n", DataFormat.Csv, named).Single()["text"], Is.EqualTo("gut; gern"));
    }

    [Test]
    public void A_delimiter_that_is_stated_is_not_looked_for()
    {
        TableOptions bar = Csv with { Delimiter = '|' };

        DataRow row = Tables.Read("text|label;x,y\n\"a|b\"|pos\n", DataFormat.Csv, bar).Single();
        DataRow tsv = Tables.Read("text|label\n\"a\"|pos\n", DataFormat.Tsv, bar).Single();

        Assert.That(row.Values, Is.EqualTo(new[] { "a|b", "pos" }));
        Assert.That(tsv.Values, Is.EqualTo(new[] { "\"a\"", "pos" }));
        Assert.That(() => Tables.Read("{}\n", DataFormat.JsonLines, bar), Throws.TypeOf<DataFileException>()
            .With.Message.Contains("only CSV and TSV have fields to separate"));
        Assert.That(() => new TableOptions { Delimiter = '"' },
            Throws.ArgumentException.With.Message.Contains("Delimiter is a quote or a line break"));
    }

    [TestCase("text;label\na;3,5\nb;-1\n", new[] { 3.5f, -1f })]
    [TestCase("text;label\na;3.5\nb;1e-1\n", new[] { 3.5f, 0.1f })]
    public void Numbers_have_a_decimal_comma_only_between_semicolons(string content, float[] expected)
    {
        Example[] rows = [.. Tables.Read(content, DataFormat.Csv).Select(new ExampleColumns(Label: "label").Of)];
        Assert.That(Numbers(rows), Is.EqualTo(expected));
    }

    [Test]
    public void A_decimal_comma_elsewhere_is_refused()
    {
        Example row = Tables.Read("text\tlabel\na\t3,5\n", DataFormat.Tsv).Select(
            new ExampleColumns(Label: "label").Of).Single();
        Assert.That(() => Numbers(row), Throws.TypeOf<DataFileException>().With.Message.EqualTo(
            "inline, line 2: the label is '3,5'; regression needs a finite number such as 3.25."));
    }

    private static float[] Numbers(params Example[] rows) =>
        ((NumberTargets)RegressionTask.Instance.Label("inline", rows, null).Targets).Values.ToArray();

    private static TableOptions Csv { get; } = new() { Format = DataFormat.Csv };
}
