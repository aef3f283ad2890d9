using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.TokenClassification;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Tasks.TokenClassification;

/// <summary>What annotation tools export, each as its documentation shows it.</summary>
public sealed class AnnotatedTextTests
{
    private const string Sentence = "🙂 Ada Li flew to Paris, far.";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [TestCase("jsonl", """["TEXT", {"entities": [[2, 8, "PER"], [17, 22, "LOC"]]}]""")]
    [TestCase("json", """[["TEXT", {"entities": [[17, 22, "LOC"], [2, 8, "PER"]]}]]""")]
    [TestCase("jsonl", """{"text": "TEXT", "label": [[2, 8, "PER"], [17, 22, "LOC"]]}""")]
    [TestCase("jsonl", """{"id": 1, "text": "TEXT", "labels": [[2, 8, "PER"], [17, 22, "LOC"]]}""")]
    [TestCase("jsonl", """
        {"text": "TEXT", "entities": [{"id": 1, "label": "PER", "start_offset": 2, "end_offset": 8},
         {"id": 2, "label": "LOC", "start_offset": 17, "end_offset": 22}], "relations": []}
        """)]
    [TestCase("jsonl", """
        {"text": "TEXT", "spans": [{"start": 2, "end": 8, "label": "PER", "token_start": 1},
         {"start": 17, "end": 22, "label": "LOC"}], "answer": "accept"}
        """)]
    [TestCase("json", """
        [{"id": 1, "text": "TEXT", "label": [{"start": 3, "end": 9, "text": "Ada Li", "labels": ["PER"]},
          {"start": 18, "end": 23, "text": "Paris", "labels": ["LOC"]}]}]
        """)]
    [TestCase("json", """
        [{"id": 1, "data": {"text": "TEXT"}, "annotations": [
          {"was_cancelled": true, "result": []},
          {"was_cancelled": false, "result": [
            {"type": "labels", "value": {"start": 3, "end": 9, "text": "Ada Li", "labels": ["PER"]}},
            {"type": "choices", "value": {"choices": ["good"]}},
            {"type": "labels", "value": {"start": 18, "end": 23, "text": "Paris", "labels": ["LOC"]}}]}]}]
        """)]
    public void Places_of_characters_become_tags_of_words(string extension, string json)
    {
        string content = json.Replace("TEXT", Sentence, StringComparison.Ordinal);
        TaggedExample example = Single(extension, extension == "jsonl" ? content.ReplaceLineEndings("") : content);

        Assert.That(example.Text, Is.EqualTo(Sentence));
        Assert.That(example.Words.Select(word => CodePoints.Cut(Sentence, word)),
            Is.EqualTo(new[] { "🙂", "Ada", "Li", "flew", "to", "Paris", ",", "far", "." }));
        Assert.That(example.Tags,
            Is.EqualTo(new[] { "O", "B-PER", "I-PER", "O", "O", "B-LOC", "O", "O", "O" }));
    }

    [Test]
    public void An_entity_within_a_word_parts_it()
    {
        TaggedExample example = Single("jsonl", """{"text": "preParis e\u0301", "label": [[3, 8, "LOC"]]}""");

        Assert.That(example.Words.Select(word => (word.Start, word.End)),
            Is.EqualTo(new[] { (0, 3), (3, 8), (9, 11) }));
        Assert.That(example.Tags, Is.EqualTo(new[] { "O", "B-LOC", "O" }));
    }

    [Test]
    public void Blanks_at_the_ends_of_an_entity_do_not_count()
    {
        TaggedExample example = Single("jsonl", """{"text": "to Paris now", "label": [[2, 9, "LOC"]]}""");

        Assert.That(example.Tags, Is.EqualTo(new[] { "O", "B-LOC", "O" }));
    }

    [Test]
    public void A_text_without_entities_is_outside_of_any() =>
        Assert.That(Single("jsonl", """{"text": "so far", "entities": []}""").Tags, Is.EqualTo(new[] { "O", "O" }));

    [TestCase("[[0, 99, \"LOC\"]]", "the place [0, 99, \"LOC\"] holds no word of the text, which has 5 characters")]
    [TestCase("[[2, 2, \"LOC\"]]", "the place [2, 2, \"LOC\"] holds no word of the text")]
    [TestCase("[[-1, 3, \"LOC\"]]", "the place [-1, 3, \"LOC\"] holds no word of the text")]
    [TestCase("[[0, 3]]", "found the place [0, 3]; expected a start, an end and a type")]
    [TestCase("[{\"start\": 0, \"label\": \"LOC\"}]", "found the place {\"start\": 0, \"label\": \"LOC\"}; expected")]
    [TestCase("[{\"start\": 0, \"end\": 5, \"text\": \"Rome\", \"label\": \"LOC\"}]", "does not hold its text 'Rome'")]
    [TestCase("[[0, 5, \"LOC\"], [2, 4, \"PER\"]]", "the entities [0, 5, LOC] and [2, 4, PER] overlap")]
    public void Places_that_cannot_be_are_refused_with_their_line(string places, string problem) =>
        Assert.That(() => Single("jsonl", $$"""{"text": "Paris", "label": {{places}}}"""),
            Throws.TypeOf<DataFileException>().With.Message.Contains("data.jsonl, line 1: ")
                .And.Message.Contains(problem));

    [TestCase("""[{"data": {"image": 3}, "annotations": [{"result": []}]}]""", "the task has no text")]
    [TestCase("""[{"data": {"text": "far"}, "annotations": []}]""", "the task has no annotation")]
    public void Tasks_of_Label_Studio_without_a_text_or_an_annotation_are_refused(string json, string problem) =>
        Assert.That(() => Single("json", json), Throws.TypeOf<DataFileException>().With.Message.Contains(problem));

    private TaggedExample Single(string extension, string content)
    {
        string file = _folder.Write("data." + extension, content);
        ModelTask task = TokenClassificationTask.Instance;
        return (TaggedExample)TableReader.Read(file)
            .SelectMany(row => task.ReadExamples(row, task.DefaultColumns)).Single();
    }
}
