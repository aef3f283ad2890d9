using OrtTrainer.Data;

namespace OrtTrainer.Tests.Data;

public sealed class ExampleColumnsTests
{
    private static readonly ExampleColumns Pairs = new("text", "pair", "label");

    [TestCase("""["a", "b"]""", "a list, [\"a\", \"b\"]")]
    [TestCase("""{"a": 1}""", "an object, {\"a\": 1}")]
    [TestCase("3.50", "a number, 3.50")]
    [TestCase("true", "a boolean, true")]
    [TestCase("false", "a boolean, false")]
    public void A_text_that_is_no_string_is_refused_with_its_line(string value, string found)
    {
        string good = """{"text": "a", "pair": "b", "label": "c"}""";
        string problem = $" is {found}; expected a text, such as ";

        Assert.That(
            Refusal($"{good}\n{{\"text\": {value}, \"pair\": \"b\", \"label\": \"c\"}}", DataFormat.JsonLines),
            Is.EqualTo($"inline, line 2: 'text'{problem}\"text\": \"…\". Write it as a string, or name the column that "
                + "holds the text."));
        Assert.That(
            Refusal($"[{good},\n{{\"text\": \"a\", \"pair\": {value}, \"label\": \"c\"}}]", DataFormat.Json),
            Does.StartWith($"inline, line 2: 'pair'{problem}\"pair\": "));
    }

    [TestCase("""{"text": null, "pair": "b", "label": "c"}""", "text")]
    [TestCase("""{"text": "a", "pair": null, "label": "c"}""", "pair")]
    public void A_text_that_is_null_is_refused_with_its_line(string row, string column) =>
        Assert.That(
            Refusal(row, DataFormat.JsonLines),
            Is.EqualTo($"inline, line 1: '{column}' is null; expected a text. Take the row out, or write \"\" for an "
                + "empty text."));

    [Test]
    public void Much_of_a_wrong_kind_is_cut_short() =>
        Assert.That(
            Refusal($"{{\"text\": [{new string('1', 500)}]}}", DataFormat.JsonLines),
            Does.StartWith($"inline, line 1: 'text' is a list, [{new string('1', 59)}…; expected a text"));

    [TestCase("3", "3")]
    [TestCase("""["a", "b"]""", """["a", "b"]""")]
    [TestCase("true", "true")]
    [TestCase("null", "")]
    public void A_label_may_be_of_any_kind(string value, string label) =>
        Assert.That(
            Pairs.Of(Row($"{{\"text\": \"\", \"pair\": \"b\", \"label\": {value}, \"id\": 7}}", DataFormat.JsonLines)),
            Is.EqualTo(new Example("", "b", label, 1)));

    [TestCase(DataFormat.Csv, "text,pair,label\n3,true,1\n")]
    [TestCase(DataFormat.Tsv, "text\tpair\tlabel\n3\ttrue\t1\n")]
    public void What_looks_like_another_kind_is_text_where_there_are_no_kinds(DataFormat format, string content) =>
        Assert.That(Pairs.Of(Row(content, format)), Is.EqualTo(new Example("3", "true", "1", 2)));

    private static DataRow Row(string content, DataFormat format) => Tables.Read(content, format).Single();

    private static string Refusal(string content, DataFormat format) =>
        Assert.Throws<DataFileException>(() =>
        {
            foreach (DataRow row in Tables.Read(content, format))
            {
                _ = (row.Columns.IndexOf("pair") < 0 ? new ExampleColumns() : Pairs).Of(row);
            }
        })!.Message;
}
