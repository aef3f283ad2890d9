using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.TokenClassification;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Tasks.TokenClassification;

/// <summary>Which token has the tag of a word, and what the scores make of it.</summary>
public sealed class TokenAlignmentTests
{
    private const int Ignored = CategoricalTargets.Ignored;

    private static readonly TokenClassificationTask Task = TokenClassificationTask.Instance;

    private PlaceTask _places = null!;
    private Dataset _data = null!;
    private Tokenizer _tokenizer = null!;

    [OneTimeSetUp]
    public void Make()
    {
        _places = new PlaceTask();
        _tokenizer = Tokenizer.Load(_places.Model);
        _data = LabeledData.LoadTrain(new DataOptions { Train = _places.Eval, Task = Task });
    }

    [OneTimeTearDown]
    public void Remove() => _places.Dispose();

    [Test]
    public void The_first_token_of_a_word_has_its_tag_and_the_others_are_ignored()
    {
        TokenTargets targets = (TokenTargets)Encode(16).Targets;

        // [CLS] par ##is is far [SEP], of B-LOC, B-PER, I-LOC and O.
        Assert.That(targets.IdsOf(1).ToArray(), Is.EqualTo(new[] { Ignored, 0, Ignored, 3, 3, Ignored }));
    }

    [Test]
    public void Every_token_of_a_word_may_have_its_tag()
    {
        Dataset data = LabeledData.LoadTrain(
            new DataOptions { Train = _places.Eval, Task = Task, TagEveryToken = true });
        TokenTargets whole = (TokenTargets)Task.Encode(data, _tokenizer, 16, threads: 1).Take([1]).Targets;
        TokenTargets windows =
            (TokenTargets)Task.Encode(data, _tokenizer, 3, threads: 1, stride: 0).Take([1]).Targets;

        // par ##is of B-LOC, which goes on as I-LOC.
        Assert.That(whole.IdsOf(0).ToArray(), Is.EqualTo(new[] { Ignored, 0, 2, 3, 3, Ignored }));
        Assert.That(Enumerable.Range(0, 4).Select(window => windows.IdsOf(window)[1]),
            Is.EqualTo(new[] { 0, 2, 3, 3 }));
    }

    [Test]
    public void A_long_sentence_is_read_in_windows_that_share_tokens()
    {
        EncodedDataset encoded = Task.Encode(_data, _tokenizer, maxLength: 5, threads: 1, stride: 1).Take([1, 0]);
        TokenTargets targets = (TokenTargets)encoded.Targets;

        // [CLS] par ##is is far [SEP] in windows of three tokens: par ##is is, is far.
        Assert.That(encoded.InputsOf(0).Select(input => input.InputIds.Length), Is.EqualTo(new[] { 5, 4 }));
        Assert.That(targets.IdsOf(0).ToArray(), Is.EqualTo(new[] { Ignored, 0, Ignored, 3, Ignored }));
        Assert.That(targets.IdsOf(1).ToArray(), Is.EqualTo(new[] { Ignored, 3, 3, Ignored }));
        Assert.That(encoded.InputsOf(0).Select(input => ((TokenizedWords)input).Decided),
            Is.EqualTo(new[] { new[] { 0, 1 }, new[] { 2 } }));
    }

    [TestCase(3, 0)]
    [TestCase(5, 2)]
    [TestCase(8, null)]
    public void Windows_hold_the_tokens_of_the_whole_and_decide_every_word_once(int length, int? stride)
    {
        foreach (Example example in _data.Examples)
        {
            TokenizedWords whole = (TokenizedWords)Task.Encode(example, _tokenizer, maxLength: null).Single();
            TokenizedWords[] windows =
                [.. Task.Encode(example, _tokenizer, length, stride).Cast<TokenizedWords>()];

            Assert.That(windows.Select(window => window.InputIds.Length), Is.All.InRange(3, length));
            Assert.That(windows.SelectMany(window => window.Decided),
                Is.EqualTo(Enumerable.Range(0, whole.Words.Count)));
            foreach (TokenizedWords window in windows)
            {
                Assert.That(window.Decided.Select(word => window.InputIds[window.FirstTokens[word]]),
                    Is.EqualTo(window.Decided.Select(word => whole.InputIds[whole.FirstTokens[word]])));
            }
        }
    }

    [Test]
    public void One_word_of_ten_thousand_characters_is_one_word()
    {
        Example example = new(new string('a', 10_000) + " far");
        TokenizedExample[] inputs = [.. Task.Encode(example, _tokenizer, maxLength: 8)];

        Assert.That(inputs.Cast<TokenizedWords>().Sum(input => input.Decided.Count), Is.EqualTo(2));
    }

    [TestCase(8, 6, "Windows of 8 tokens have room for 6 of the text, but are to share 6.")]
    [TestCase(2, null, "Special tokens leave no room for a text in 2 tokens.")]
    public void Windows_without_room_for_new_tokens_are_refused(int length, int? stride, string problem) =>
        Assert.That(() => Task.Encode(new Example("far in new york bob is far"), _tokenizer, length, stride),
            Throws.TypeOf<RunException>().With.Message.StartsWith(problem));

    [Test]
    public void Windows_are_counted()
    {
        // Sentences of 6 to 9 tokens with two special ones.
        Assert.That(Task.LeftOut(Encode(8)), Is.EqualTo(new[]
        {
            "1 of 5 examples are longer than 8 tokens and read in windows: 6 inputs in all.",
        }));
        Assert.That(Task.LeftOut(Encode(16)), Is.Empty);
    }

    [Test]
    public void Scores_take_every_word_from_the_window_that_decides_it()
    {
        EncodedDataset encoded = Task.Encode(_data, _tokenizer, maxLength: 5, threads: 1, stride: 1).Take([1]);
        EvaluationAccumulator scores = Task.Evaluate(encoded);

        // The second window is wrong about "is", which the first decides: B-LOC O, O O.
        float[] first = [0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0];
        float[] second = [0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0];
        scores.Add(new OutputBatch(second, outputs: 4, examples: [1], starts: [0], rows: [4]));
        scores.Add(new OutputBatch(first, outputs: 4, examples: [0], starts: [0], rows: [5]));

        Assert.That(scores.Score(Task.DefaultMetric).Values["accuracy"], Is.EqualTo(1));
    }

    [Test]
    public void A_word_that_the_tokenizer_makes_nothing_of_is_counted_too()
    {
        string file = _places.Write("nothing.jsonl", """{"tokens": ["far", "\u0007"], "tags": ["O", "B-LOC"]}""");
        Dataset data = LabeledData.LoadTrain(new DataOptions { Train = file, Task = Task });

        Assert.That(Task.LeftOut(Task.Encode(data, _tokenizer, 16, threads: 1)), Is.EqualTo(new[]
        {
            "1 of 2 words have no token: their tags are neither learned nor scored.",
        }));
    }

    [Test]
    public void Scores_count_entities_and_words_and_the_loss_is_the_mean_over_words()
    {
        EncodedDataset encoded = Encode(16).Take([1]);
        EvaluationAccumulator scores = Task.Evaluate(encoded);

        // "Paris" is right, "is" wrongly B-PER, "far" right; what the ignored tokens say does not count.
        float[] logits = [9, 9, 9, 9, 1, 0, 0, 0, 0, 9, 0, 0, 0, 2, 0, 0, 0, 0, 0, 1, 9, 9, 9, 9];
        scores.Add(new OutputBatch(logits, outputs: 4, examples: [0], starts: [0], rows: [6]));
        IReadOnlyDictionary<string, double> values = scores.Score(Task.DefaultMetric).Values;

        double one = Math.Log(Math.E + 3) - 1;
        double wrong = Math.Log(Math.Exp(2) + 3);
        Assert.That(values["loss"], Is.EqualTo((one + wrong + one) / 3).Within(1e-12));
        Assert.That(values["accuracy"], Is.EqualTo(2 / 3.0).Within(1e-12));
        Assert.That(values["precision"], Is.EqualTo(0.5));
        Assert.That(values["recall"], Is.EqualTo(1));
        Assert.That(values["f1"], Is.EqualTo(2 / 3.0).Within(1e-12));
        Assert.That(values["LOC_f1"], Is.EqualTo(1));
        Assert.That(values["LOC_number"], Is.EqualTo(1));
        Assert.That(values["PER_precision"], Is.Zero);
        Assert.That(values["PER_number"], Is.Zero);
    }

    [Test]
    public void Labels_that_are_no_tags_are_refused_in_one_line()
    {
        TokenizedExample input = Task.Encode(new Example("far"), _tokenizer, maxLength: null).Single();

        Assert.That(() => Task.Decode(input, new float[6], ["LABEL_0", "LABEL_1"], new()),
            Throws.TypeOf<RunException>().With.Message.EqualTo(
                "A label of the model is no tag. The tag 'LABEL_0' cannot be read; expected O, or B, I, E, L, S, U, "
                + "M or W with a type, such as B-PER. Name the labels in id2label of config.json."));
    }

    private EncodedDataset Encode(int maxLength) => Task.Encode(_data, _tokenizer, maxLength, threads: 1);
}
