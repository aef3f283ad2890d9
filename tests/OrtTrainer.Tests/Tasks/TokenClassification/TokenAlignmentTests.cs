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
    public void Words_that_are_cut_off_have_no_token()
    {
        EncodedDataset encoded = Encode(4);
        TokenTargets targets = (TokenTargets)encoded.Targets;

        Assert.That(targets.IdsOf(1).ToArray(), Is.EqualTo(new[] { Ignored, 0, Ignored, Ignored }));
        Assert.That(encoded.Inputs[1].FullLength, Is.EqualTo(6));
    }

    [Test]
    public void What_is_cut_is_counted_in_examples_and_words()
    {
        // Of 26 words in sentences of 6 to 9 tokens with two special ones, the last of the longest.
        Assert.That(Task.LeftOut(Encode(8)), Is.EqualTo(new[]
        {
            "1 of 5 examples (20.0 %) is longer than 8 tokens and cut there "
            + "(median 8, 90th percentile 9, longest 9).",
            "1 of 26 words have no token, or only such as were cut off: their tags are neither learned nor scored.",
        }));
        Assert.That(Task.LeftOut(Encode(16)), Is.Empty);
    }

    [Test]
    public void A_word_that_the_tokenizer_makes_nothing_of_is_counted_too()
    {
        string file = _places.Write("nothing.jsonl", """{"tokens": ["far", "\u0007"], "tags": ["O", "B-LOC"]}""");
        Dataset data = LabeledData.LoadTrain(new DataOptions { Train = file, Task = Task });

        Assert.That(Task.LeftOut(Task.Encode(data, _tokenizer, 16, threads: 1)), Is.EqualTo(new[]
        {
            "1 of 2 words have no token, or only such as were cut off: their tags are neither learned nor scored.",
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
    }

    [Test]
    public void Labels_that_are_no_tags_are_refused_in_one_line()
    {
        TokenizedExample input = Task.Encode(new Example("far"), _tokenizer, maxLength: null)[0];

        Assert.That(() => Task.Decode(input, new float[6], ["LABEL_0", "LABEL_1"], new()),
            Throws.TypeOf<RunException>().With.Message.EqualTo(
                "A label of the model is no tag. The tag 'LABEL_0' cannot be read; expected O, or B, I, E or S with a "
                + "type, such as B-PER. Name the labels in id2label of config.json."));
    }

    private EncodedDataset Encode(int maxLength) => Task.Encode(_data, _tokenizer, maxLength, threads: 1);
}
