using OrtTrainer.Data;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.TokenClassification;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Data;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Tasks.TokenClassification;

public sealed class TaggedRowTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [TestCase("tags")]
    [TestCase("labels")]
    [TestCase("ner_tags")]
    public void Words_are_joined_and_tags_sorted(string column)
    {
        Dataset data = Load($$"""
            {"tokens": ["EU", "🙂", "rejects"], "{{column}}": ["B-ORG", "O", "O"]}
            {"tokens": ["Kim"], "{{column}}": ["B-PER"]}
            """);

        TaggedExample first = (TaggedExample)data.Examples[0];
        Assert.That(first.Text, Is.EqualTo("EU 🙂 rejects"));
        Assert.That(first.Words, Is.EqualTo(new[] { new TextRange(0, 2), new TextRange(3, 4), new TextRange(5, 12) }));
        Assert.That(data.Labels!.Names, Is.EqualTo(new[] { "B-ORG", "B-PER", "O" }));
        Assert.That(((TokenTargets)data.Targets).IdsOf(0).ToArray(), Is.EqualTo(new[] { 0, 2, 2 }));
        Assert.That(((TokenTargets)data.Targets).IdsOf(1).ToArray(), Is.EqualTo(new[] { 1 }));
    }

    [TestCase("""{"tokens": ["a", "b"], "tags": ["O"]}""",
        "found 2 items in 'tokens' and 1 in 'tags'; expected a tag per token.")]
    [TestCase("""{"tokens": ["a"], "tags": ["PER"]}""",
        "the token 'a' (number 1 of the row) has the tag 'PER'; expected O, or B, I, E, L, S, U, M or W with a type, "
        + "such as B-PER.")]
    [TestCase("""{"tokens": ["a", "b"], "tags": ["O", ""]}""",
        "the token 'b' (number 2 of the row) has the tag ''; expected O, or B, I, E, L, S, U, M or W with a type, "
        + "such as B-PER.")]
    [TestCase("""{"tokens": ["a"], "tags": [3]}""",
        "'tags' is '[3]'; expected an array of strings, such as [\"B-ORG\", \"O\"].")]
    [TestCase("""{"tokens": "a b", "tags": ["O"]}""",
        "'tokens' is 'a b'; expected an array of strings, such as [\"EU\", \"rejects\"].")]
    [TestCase("""{"tokens": ["a", null], "tags": ["O", "O"]}""",
        "'tokens' is '[\"a\", null]'; expected an array of strings, such as [\"EU\", \"rejects\"].")]
    [TestCase("""{"tokens": [], "tags": []}""",
        "'tokens' has no items; expected at least one token. Take the row out.")]
    [TestCase("""{"tokens": ["a", " "], "tags": ["O", "O"]}""",
        "item 2 of 'tokens' is empty; expected a token. Take it out, and its tag.")]
    [TestCase("""{"tokens": ["a"]}""",
        "there is no column 'tags'. Columns present: tokens. Name the one that is meant (--text, --pair, "
        + "--label). For a file without a header line, name its columns left to right (--columns).")]
    public void A_bad_row_is_refused_with_its_line(string row, string problem)
    {
        string good = """{"tokens": ["Kim", "is"], "tags": ["B-PER", "O"]}""";

        Assert.That(() => Load(good + "\n" + row), Throws.TypeOf<DataFileException>()
            .With.Message.EqualTo($"{_folder.File("train.jsonl")}, line 2: {problem}"));
    }

    [TestCase("""["I-PER", "I-PER", "O", "I-LOC", "B-LOC"]""", false, true)]
    [TestCase("""["B-PER", "L-PER", "O", "U-LOC", "U-LOC"]""", true, false)]
    [TestCase("""["B-PER", "E-PER", "O", "S-LOC", "S-LOC"]""", true, false)]
    [TestCase("""["B-PER", "E-PER", "O", "W-LOC", "W-LOC"]""", true, false)]
    [TestCase("""["B-PER", "I-PER", "O", "B-LOC", "B-LOC"]""", false, false)]
    public void Every_scheme_of_tags_is_read_as_IOB2_and_said_to_be(string tags, bool longer, bool inside)
    {
        Dataset data = Load($$"""{"tokens": ["Ada", "Li", "in", "Rome", "Bonn"], "tags": {{tags}}}""");
        TaggedExample example = (TaggedExample)data.Examples.Single();

        Assert.That(example.Tags, Is.EqualTo(new[] { "B-PER", "I-PER", "O", "B-LOC", "B-LOC" }));
        Assert.That((example.HadLongerScheme, example.BeganInside), Is.EqualTo((longer, inside)));
        Assert.That(data.Labels!.Names, Is.EqualTo(new[] { "B-LOC", "B-PER", "I-PER", "O" }));
    }

    [Test]
    public void A_middle_of_more_than_two_words_is_inside_in_every_scheme() =>
        Assert.That(Entity.Write(Entity.Read(["B-A", "M-A", "I-A", "L-A"]), 4),
            Is.EqualTo(new[] { "B-A", "I-A", "I-A", "I-A" }));

    [Test]
    public void A_file_that_is_read_twice_gives_equal_rows()
    {
        const string Rows = """{"tokens": ["Kim", "is"], "tags": ["B-PER", "O"]}""";

        IReadOnlyList<Example> first = Load(Rows).Examples;

        Assert.That(Load(Rows).Examples, Is.EqualTo(first));
        Assert.That(Load("""{"tokens": ["Kim", "is"], "tags": ["B-LOC", "O"]}""").Examples, Is.Not.EqualTo(first));
    }

    [Test]
    public void One_tag_only_is_nothing_to_learn() =>
        Assert.That(() => Load("""{"tokens": ["a"], "tags": ["O"]}"""), Throws.TypeOf<DataFileException>()
            .With.Message.Contains("have the label 'O' in column 'tags'"));

    [TestCase("""{"tokens": ["Kim", "is"]}""", "tokens")]
    [TestCase("""{"text": ["Kim", "is"]}""", "tokens")]
    [TestCase("""{"words": ["Kim", "is"]}""", "words")]
    public void Without_tags_a_list_is_of_words_in_any_column(string row, string column)
    {
        Example example = Untagged(row, column);

        Assert.That(example.Text, Is.EqualTo("Kim is"));
        Assert.That(((TaggedExample)example).Words, Has.Count.EqualTo(2));
    }

    [TestCase("""{"text": "Kim is"}""", "tokens")]
    [TestCase("""{"words": "Kim is"}""", "words")]
    public void Without_tags_a_string_is_a_text(string row, string column) =>
        Assert.That(Untagged(row, column), Is.EqualTo(new Example("Kim is", Line: 1)));

    [TestCase("""{"text": 3}""", "tokens", "'text' is a number, 3; expected a text")]
    [TestCase("""{"words": {"a": 1}}""", "words", "'words' is an object, {\"a\": 1}; expected a text")]
    [TestCase("""{"tokens": null}""", "tokens", "'tokens' is ''; expected an array of strings")]
    public void Without_tags_nothing_else_is_taken(string row, string column, string problem) =>
        Assert.That(() => Untagged(row, column), Throws.TypeOf<DataFileException>()
            .With.Message.StartsWith($"inline, line 1: {problem}"));

    private static Example Untagged(string row, string column) =>
        TaggedRow.Read(Tables.Read(row, DataFormat.JsonLines).Single(), new ExampleColumns(column));

    private Dataset Load(string rows) => LabeledData.LoadTrain(new DataOptions
    {
        Train = _folder.Write("train.jsonl", rows),
        Task = TokenClassificationTask.Instance,
    });
}
