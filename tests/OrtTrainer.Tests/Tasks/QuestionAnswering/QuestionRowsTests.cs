using OrtTrainer.Data;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.QuestionAnswering;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Tasks.QuestionAnswering;

/// <summary>Questions from files of every form, and what is said of those that cannot be right.</summary>
public sealed class QuestionRowsTests
{
    private const string Squad = """
        {"version": "v2.0", "data": [{"title": "Cities", "paragraphs": [{
          "context": "Paris lies on the Seine.",
          "qas": [
            {"id": "q1", "question": "What lies on the Seine?", "is_impossible": false,
             "answers": [{"text": "Paris", "answer_start": 0}, {"text": "Paris lies", "answer_start": 0}]},
            {"id": "q2", "question": "Who lives there?", "is_impossible": true, "answers": [],
             "plausible_answers": [{"text": "Paris", "answer_start": 0}]}
          ]}]}]}
        """;

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [TestCase(true)]
    [TestCase(false)]
    public void A_file_of_SQuAD_is_a_row_per_question(bool onOneLine)
    {
        QuestionExample[] questions = Read("squad.json", onOneLine ? Squad.ReplaceLineEndings(" ") : Squad);

        Assert.That(questions.Select(q => (q.Id, q.Text, q.Context)), Is.EqualTo(new[]
        {
            ("q1", "What lies on the Seine?", "Paris lies on the Seine."),
            ("q2", "Who lives there?", "Paris lies on the Seine."),
        }));
        Assert.That(questions[0].Answers, Is.EqualTo(new[] { "Paris", "Paris lies" }));
        Assert.That(questions[0].Place, Is.EqualTo(new TextRange(0, 5)));
        Assert.That(questions[1].Answers, Is.Empty);
        Assert.That(questions[1].Place, Is.Null);
    }

    [TestCase("a.jsonl",
        """{"id": 7, "question": "Who?", "context": "It is Bob.", "answers": {"text": ["Bob"], "answer_start": [6]}}"""
    )]
    [TestCase("b.jsonl",
        """{"id": "7", "question": "Who?", "context": "It is Bob.", "answers": [{"text": "Bob", "answer_start": 6}]}"""
    )]
    [TestCase("c.jsonl",
        """{"id": "7", "question": "Who?", "context": "It is Bob.", "answer": "Bob", "answer_start": 6}""")]
    [TestCase("d.csv", "id,question,context,answer_text,answer_start\n7,Who?,It is Bob.,Bob,6")]
    [TestCase("e.csv",
        "id,question,context,answers\n7,Who?,It is Bob.,\"{\"\"text\"\": [\"\"Bob\"\"], \"\"answer_start\"\": [6]}\"")]
    public void A_flat_row_has_its_answers_in_any_form(string name, string content)
    {
        QuestionExample question = Read(name, content).Single();

        Assert.That(question.Id, Is.EqualTo("7"));
        Assert.That(question.Answers, Is.EqualTo(new[] { "Bob" }));
        Assert.That(question.Place, Is.EqualTo(new TextRange(6, 9)));
        Assert.That(question.Moved, Is.Zero);
    }

    [TestCase("a.jsonl",
        """{"question": "Who?", "context": "It is Bob.", "answers": {"text": [], "answer_start": []}}""")]
    [TestCase("b.csv", "question,context,answer,answer_start\nWho?,It is Bob.,,")]
    public void A_question_may_have_no_answer(string name, string content) =>
        Assert.That(Read(name, content).Single().Answers, Is.Empty);

    // Code points, as SQuAD counts; UTF-16 units, where the smile is two; and bytes, where it is four.
    [TestCase(5, 0)]
    [TestCase(6, 1)]
    [TestCase(8, 3)]
    [TestCase(0, 5)]
    [TestCase(-1, 6)]
    [TestCase(10_000, 9_995)]
    public void An_answer_is_taken_from_where_it_stands_nearest(int start, int moved)
    {
        QuestionExample question = Read("a.jsonl", $$"""
            {"question": "Who?", "context": "🙂 is Bob.", "answer": "Bob", "answer_start": {{start}}}
            """).Single();

        Assert.That(question.Place, Is.EqualTo(new TextRange(5, 8)));
        Assert.That(question.Moved, Is.EqualTo(moved));
    }

    [Test]
    public void Of_several_places_the_nearest_counts()
    {
        QuestionExample question = Read("a.jsonl", """
            {"question": "Who?", "context": "Bob, Bob and Bob.", "answer": "Bob", "answer_start": 6}
            """).Single();

        Assert.That(question.Place, Is.EqualTo(new TextRange(5, 8)));
    }

    [TestCase("cafe\u0301", "caf\u00e9", 12)]
    [TestCase("caf\u00e9", "cafe\u0301", 11)]
    public void Accents_may_be_letters_of_their_own_in_one_of_both(string inContext, string answer, int end)
    {
        QuestionExample question = Read("a.jsonl", $$"""
            {"question": "Where?", "context": "In the {{inContext}}.", "answer": "{{answer}}", "answer_start": 7}
            """).Single();

        Assert.That(question.Place, Is.EqualTo(new TextRange(7, end)));
    }

    [TestCase("""{"question": "Who?", "context": "It is Bob.", "answer": "Ann", "answer_start": 6}""",
        "the answer 'Ann' is not in the context; expected the very words of it. Correct the row or take it out.")]
    [TestCase("""{"id": "q9", "question": "Who?", "context": "It is Bob.", "answer": "bob", "answer_start": 6}""",
        "the answer 'bob' of question q9 is not in the context but for its case; expected the very words of it. "
        + "Correct the row or take it out.")]
    [TestCase("""{"question": "Who?", "context": "It is Bob.", "answers": {"text": [" "], "answer_start": [6]}}""",
        "an answer is empty; expected words of the context, and an empty list of answers where it has none.")]
    [TestCase("""{"question": "Who?", "context": "It is Bob.", "answers": {"text": ["Bob"], "answer_start": []}}""",
        """'answers' is '{"text": ["Bob"], "answer_start": []}'; expected the answers, such as {"text": ["Paris"], """
        + "\"answer_start\": [17]}, and empty lists for a question without one.")]
    [TestCase("""{"question": "Who?", "context": "It is Bob.", "answers": {"text": [3], "answer_start": [6]}}""",
        """'answers' is '{"text": [3], "answer_start": [6]}'; expected the answers, such as {"text": ["Paris"], """
        + "\"answer_start\": [17]}, and empty lists for a question without one.")]
    [TestCase("""{"question": "Who?", "context": "It is Bob.", "answer": "Bob", "answer_start": "here"}""",
        "'answer_start' is 'here'; expected the number of characters of the context before the answer.")]
    [TestCase("""{"question": "Who?", "context": null, "answer": "Bob", "answer_start": 6}""",
        "'context' is null; expected a text. Take the row out, or write \"\" for an empty text.")]
    [TestCase("""{"question": "Who?", "answer": "Bob", "answer_start": 6}""",
        "there is no column 'context'.")]
    [TestCase("""{"question": "Who?", "context": "It is Bob."}""", "there is no column 'answers'.")]
    public void A_row_that_cannot_be_right_is_named(string row, string message) =>
        Assert.That(() => Read("a.jsonl", row), Throws.TypeOf<DataFileException>().With.Message.StartsWith(
            $"{_folder.File("a.jsonl")}, line 1: {message.Trim()}"));

    [TestCase("""{"data": [{"paragraphs": [{"context": "a", "qas": [{"id": "1", "answers": []}]}]}]}""",
        "data[0].paragraphs[0].qas[0] is not as in SQuAD's files: ")]
    [TestCase("""{"data": [{"paragraphs": []}, {"title": "x"}]}""", "data[1] is not as in SQuAD's files: ")]
    [TestCase("""{"data": 3}""", "data is not as in SQuAD's files: ")]
    [TestCase("""
        {"data": [{"paragraphs": [{"context": "a", "qas": [
          {"id": "1", "question": "b", "is_impossible": true, "answers": [{"text": "a", "answer_start": 0}]}]}]}]}
        """, "question 1 is_impossible, but has an answer, 'a'. Take out one of both.")]
    public void A_place_of_a_SQuAD_file_is_named(string content, string message) =>
        Assert.That(() => Read("a.json", content), Throws.TypeOf<DataFileException>().With.Message.StartsWith(
            $"{_folder.File("a.json")}, line 1: {message}"));

    [Test]
    public void Questions_without_any_answer_teach_nothing()
    {
        string file = _folder.Write("a.csv", "question,context,answer,answer_start\nWho?,It is Bob.,,");

        Assert.That(() => LabeledData.LoadTrain(Options(file)), Throws.TypeOf<DataFileException>().With.Message.EqualTo(
            $"{file}: none of the 1 questions has an answer; there is nothing to learn."));
    }

    [Test]
    public void Two_readings_of_a_question_are_equal()
    {
        Assert.That(Read("a.json", Squad), Is.EqualTo(Read("b.json", Squad)));
        Assert.That(Read("c.json", Squad.Replace("Paris lies\"", "Paris\"", StringComparison.Ordinal))[0],
            Is.Not.EqualTo(Read("d.json", Squad)[0]));
    }

    private static DataOptions Options(string file) => new() { Train = file, Task = QuestionAnsweringTask.Instance };

    private QuestionExample[] Read(string name, string content)
    {
        DataOptions options = Options(_folder.Write(name, content));
        return
        [
            .. TableReader.Read(options.Train)
                .SelectMany(row => options.Task.ReadExamples(row, options.Columns)).Cast<QuestionExample>(),
        ];
    }
}
