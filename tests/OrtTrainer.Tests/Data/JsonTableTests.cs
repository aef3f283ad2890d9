using System.Text;
using OrtTrainer.Data;

namespace OrtTrainer.Tests.Data;

/// <summary>Arrays of JSON objects, and JSON that is no text.</summary>
public sealed class JsonTableTests
{
    private const string Array = """
        [
          {
            "text": "text 0",
            "label": "a"
          },
          {"text": "text 1", "label": ["b"]}
        ]
        """;

    [TestCase("")]
    [TestCase("\uFEFF\n  ")]
    public void An_array_of_objects_is_a_table_whose_rows_know_their_lines(string before)
    {
        List<DataRow> rows = Tables.Read(before + Array, DataFormat.Json);

        Assert.That(rows.Select(row => row["text"]), Is.EqualTo(new[] { "text 0", "text 1" }));
        Assert.That(rows[1]["label"], Is.EqualTo("""["b"]"""));
        int first = before.Count(letter => letter == '\n') + 2;
        Assert.That(rows.Select(row => row.Line), Is.EqualTo(new[] { first, first + 4 }));
    }

    [Test]
    public void A_json_file_may_hold_an_object_per_line() =>
        Assert.That(Tables.Read("{\"text\":\"a\"}\n{\"text\":\"b\"}\n", DataFormat.Json).Select(row => row["text"]),
            Is.EqualTo(new[] { "a", "b" }));

    [TestCase("[\n{\"text\":\"a\"},\n\"b\"]", "inline, line 3: element 2 of the array is a JSON string; expected")]
    [TestCase("[[1]]", "inline, line 1: element 1 of the array is a JSON array; expected an object")]
    [TestCase("[\n{\"text\":\"a\"},\n", "inline, line 3: not a JSON array:")]
    [TestCase("[]\n x", "inline, line 2: not a JSON array:")]
    public void Other_arrays_are_refused_with_the_line(string content, string message) =>
        Assert.That(Tables.Refusal(content, DataFormat.Json).Message, Does.StartWith(message));

    [TestCase("[\n{\"text\": \"a\"}]\n")]
    [TestCase("[{\"text\": \"a\"},\n{\"text\": \"b\"}]\n")]
    public void An_array_where_lines_were_expected_is_named(string content) =>
        Assert.That(Tables.Refusal(content, DataFormat.JsonLines).Message,
            Does.StartWith("inline, line 1: not a JSON object on one line").And.EndWith(
                "A file that is one JSON array is read as --format json, or under a name that ends in .json."));

    [TestCase("""{"text":"broken \ud83d","label":"a"}""", "a string")]
    [TestCase("""{"text":"x","label":"\udc4d"}""", "a string")]
    [TestCase("""{"text":"x","label":["b","\ud83d\ud83d"]}""", "a string")]
    [TestCase("""{"text":"x","la\ud83dbel":"a"}""", "a property's name")]
    public void Half_of_a_surrogate_pair_is_refused_with_the_line(string row, string where)
    {
        string message = Tables.Refusal($"{{\"text\":\"fine \\ud83d\\ude00\"}}\n{row}\n", DataFormat.JsonLines).Message;
        string array = Tables.Refusal($"[\n{row}]", DataFormat.Json).Message;

        Assert.That(message, Does.StartWith(
            $"inline, line 2: not a JSON object on one line: {where} holds half of a surrogate pair ("));
        Assert.That(array, Does.StartWith("inline, line 2: ").And.Contain("half of a surrogate pair"));
    }

    [Test]
    public void Whole_pairs_are_characters() =>
        Assert.That(Tables.Read("{\"text\":\"\\ud83d\\ude00 \\u00e9\"}\n", DataFormat.JsonLines).Single()["text"],
            Is.EqualTo("\U0001F600 \u00e9"));
}
