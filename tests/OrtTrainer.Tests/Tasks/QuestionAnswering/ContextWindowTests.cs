using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.QuestionAnswering;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Tasks.QuestionAnswering;

/// <summary>How a long context becomes windows, and where its answer is in them.</summary>
public sealed class ContextWindowTests
{
    private const string Question = "who is far ?";
    private const string Context = QuestionFiles.LongContext;

    private static readonly QuestionAnsweringTask Task = QuestionAnsweringTask.Instance;

    private QuestionFiles _files = null!;
    private Tokenizer _tokenizer = null!;

    [OneTimeSetUp]
    public void Make()
    {
        _files = new QuestionFiles();
        _tokenizer = Tokenizer.Load(_files.Model);
    }

    [OneTimeTearDown]
    public void Remove() => _files.Dispose();

    [Test]
    public void A_context_that_fits_is_one_window()
    {
        ContextWindow window = Windows(maxLength: 24, stride: 3).Single();

        // [CLS] who is far ? [SEP] and 16 tokens, of which paris is two, [SEP].
        Assert.That(window.InputIds, Has.Length.EqualTo(23));
        Assert.That(window.First, Is.EqualTo(6));
        Assert.That(window.Places, Has.Length.EqualTo(16));
        Assert.That(window.TokenTypeIds.Sum(), Is.EqualTo(17));
        Assert.That(Texts(window).Take(4), Is.EqualTo(new[] { "ada", "is", "in", "york" }));
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(3)]
    public void Windows_share_as_many_tokens_as_asked_and_lose_none(int stride)
    {
        ContextWindow[] windows = Windows(maxLength: 12, stride);

        Assert.That(windows, Has.Length.GreaterThan(2));
        Assert.That(windows.Select(window => window.InputIds.Length), Is.All.LessThanOrEqualTo(12));
        Assert.That(windows.Select(window => window.First), Is.All.EqualTo(6));
        foreach ((ContextWindow one, ContextWindow next) in windows.Zip(windows[1..]))
        {
            Assert.That(next.Places[..stride], Is.EqualTo(one.Places[(one.Places.Length - stride)..]));
        }

        string[] all = [.. windows.SelectMany((window, i) => Texts(window).Skip(i == 0 ? 0 : stride))];
        Assert.That(all, Is.EqualTo(Texts(Windows(24, 0).Single())));
    }

    // Half of 12 tokens leaves no progress in the 5 that the question leaves: half of those.
    [TestCase(12, 2)]
    [TestCase(20, 10)]
    public void Without_a_stride_windows_share_half_of_the_length_or_of_what_is_left(int maxLength, int shared) =>
        Assert.That(
            Windows(maxLength, stride: null).Select(window => window.InputIds),
            Is.EqualTo(Windows(maxLength, shared).Select(window => window.InputIds)));

    [Test]
    public void The_answer_is_in_those_windows_that_have_all_of_it()
    {
        ContextWindow[] windows = Windows(maxLength: 11, stride: 2);

        (int Start, int End)[] targets = [.. windows.Select(window => window.Target())];

        string[][] texts = [.. windows.Select(window => Texts(window))];
        for (int i = 0; i < windows.Length; i++)
        {
            int bob = Array.IndexOf(texts[i], "bob");
            Assert.That(targets[i], Is.EqualTo(bob < 0 ? (0, 0) : (6 + bob, 6 + bob)), $"window {i}");
        }

        Assert.That(targets.Count(target => target != (0, 0)), Is.InRange(1, windows.Length - 1));
    }

    [Test]
    public void An_answer_within_a_word_is_the_tokens_it_touches()
    {
        // "ari" in par ##is.
        QuestionExample question = new(Question, Context, ["ari"], new TextRange(31, 34), 1);
        ContextWindow window = ContextWindow.Of(question, _tokenizer, null, null).Single();

        (int start, int end) = window.Target();

        Assert.That(Texts(window)[(start - window.First)..(end - window.First + 1)], Is.EqualTo(new[] { "par", "is" }));
    }

    [Test]
    public void An_empty_context_is_a_window_without_tokens_of_it()
    {
        ContextWindow window = (ContextWindow)Task.Encode(new Example("who", ""), _tokenizer, 12, 3).Single();

        Assert.That(window.Places, Is.Empty);
        Assert.That(window.Target(), Is.EqualTo((0, 0)));
    }

    [TestCase(7, 1, "the question 'who is far ?' has 7 tokens with the special ones, which leaves no room for its "
        + "context in 7. Allow more tokens (--max-length), or shorten the question.")]
    [TestCase(12, 5, "the question 'who is far ?' leaves room for 5 tokens of its context in 12, but windows are to "
        + "share 5. Take a stride below 5 (--stride), or allow more tokens (--max-length).")]
    public void A_length_or_stride_that_cannot_be_is_named(int maxLength, int stride, string message)
    {
        Assert.That(() => Windows(maxLength, stride), Throws.TypeOf<RunException>().With.Message.EqualTo(message));
        Dataset data = LabeledData.LoadTrain(new DataOptions { Train = _files.Long, Task = Task });
        Assert.That(() => Task.Encode(data, _tokenizer, maxLength, threads: 1, stride: stride),
            Throws.TypeOf<DataFileException>().With.Message.EqualTo($"{_files.Long}, line 2: {message}"));
    }

    [Test]
    public void A_question_alone_is_refused() =>
        Assert.That(() => Task.Encode(new Example("who"), _tokenizer, 12),
            Throws.ArgumentException.With.Message.StartsWith(
                "A question is answered from a context; found the question alone. Give both, as a pair."));

    [Test]
    public void Inputs_know_their_example_and_are_taken_with_it()
    {
        Dataset data = LabeledData.LoadTrain(new DataOptions { Train = _files.Long, Task = Task });
        EncodedDataset encoded = Task.Encode(data, _tokenizer, 12, threads: 1, stride: 2);

        Assert.That(encoded.FirstInputs, Is.EqualTo(new[] { 0, 5, 6 }));
        Assert.That(encoded.ExamplesOfInputs(), Is.EqualTo(new[] { 0, 0, 0, 0, 0, 1 }));
        EncodedDataset taken = encoded.Take([1, 0]);
        Assert.That(taken.FirstInputs, Is.EqualTo(new[] { 0, 1, 6 }));
        Assert.That(taken.Inputs, Is.EqualTo(encoded.Inputs.Skip(5).Concat(encoded.Inputs.Take(5))));
        SpanTargets targets = (SpanTargets)encoded.Targets;
        SpanTargets some = (SpanTargets)taken.Targets;
        Assert.That(Enumerable.Range(0, 6).Select(i => some[i]),
            Is.EqualTo(new[] { 5, 0, 1, 2, 3, 4 }.Select(i => targets[i])));
        Assert.That(some.FirstRow(6), Is.EqualTo(targets.FirstRow(6)));
        Assert.That(encoded.InputsOf(1), Is.EqualTo(encoded.Inputs.Skip(5)));
    }

    [Test]
    public void Targets_are_one_where_the_answer_starts_and_where_it_ends()
    {
        SpanTargets targets = new([(1, 2), (0, 0)], [4, 2]);
        float[][] rows = [.. Enumerable.Range(0, 6).Select(row =>
        {
            float[] values = [9, 9];
            targets.Write(row, values);
            return values;
        })];

        Assert.That(rows, Is.EqualTo(new float[][] { [0, 0], [1, 0], [0, 1], [0, 0], [1, 1], [0, 0] }));
        Assert.That(() => new SpanTargets([(1, 4)], [4]), Throws.ArgumentException.With.Message.EqualTo(
            "Input 0 has 4 tokens; its answer cannot be the tokens 1 to 4."));
    }

    [Test]
    public void What_is_odd_is_counted_for_the_reader()
    {
        string file = _files.Write("odd.csv", $"""
            question,context,answer,answer_start
            who is far ?,{Context},bob,19
            who is far ?,bob is far,,
            who is far ?,{Context},york . bob is far . paris,10
            """);
        Dataset data = LabeledData.LoadTrain(new DataOptions { Train = file, Task = Task });

        Assert.That(Task.LeftOut(Task.Encode(data, _tokenizer, 12, threads: 1, stride: 2)), Is.EqualTo(new[]
        {
            "2 of 3 questions are longer than 12 tokens with their context, which is read in windows: 11 inputs in "
            + "all.",
            "1 of 3 answers do not stand where the data say, but up to 2 characters from there: the nearest place is "
            + "taken.",
            "1 of 3 questions have no answer in their context: [CLS] stands for none.",
            "1 of 3 answers are in no window as a whole, so that they are learned as none: allow more tokens, or a "
            + "longer stride.",
        }));
    }

    private static string[] Texts(ContextWindow window) =>
        [.. window.Places.Select(place => CodePoints.Cut(window.Question.Context, place))];

    [Test]
    public void A_stride_that_no_window_needs_is_not_looked_at() =>
        Assert.That(
            Windows(maxLength: 24, stride: 23).Single().InputIds,
            Is.EqualTo(Windows(maxLength: 24, stride: 3).Single().InputIds));

    private ContextWindow[] Windows(int maxLength, int? stride) => ContextWindow.Of(
        new QuestionExample(Question, Context, ["bob"], new TextRange(17, 20), 1), _tokenizer, maxLength, stride);
}
