using OrtTrainer.Data;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;

namespace OrtTrainer.Tests.Prediction;

/// <summary>The calls that take plain texts.</summary>
public sealed class PredictorTextTests
{
    private static readonly string[] Texts = ["What is a neutron star ?", "", "the red, red book.", "stars"];

    private readonly ExportedClassifier _exported = new("bert", ClassificationTask.Instance);
    private readonly Predictor _predictor;
    private readonly IReadOnlyList<TextPrediction> _expected;

    public PredictorTextTests()
    {
        _predictor = Predictor.Open(_exported.Folder, new() { Window = 2 });
        _expected = _predictor.Predict(Texts.Select((text, i) => new Example(text, null, null, i)).ToArray());
    }

    [OneTimeTearDown]
    public void Close()
    {
        _predictor.Dispose();
        _exported.Dispose();
    }

    [Test]
    public async Task One_text_a_list_and_streams_get_the_same()
    {
        List<TextPrediction> streamed = [];
        await foreach (TextPrediction prediction in _predictor.PredictAsync(Texts.ToAsyncEnumerable()))
        {
            streamed.Add(prediction);
        }

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Texts.Select(text => Row(_predictor.Predict(text))), Is.EqualTo(_expected.Select(Row)));
            Assert.That(_predictor.Predict(Texts).Select(Row), Is.EqualTo(_expected.Select(Row)));
            Assert.That(_predictor.PredictStream(Texts).Select(Row), Is.EqualTo(_expected.Select(Row)));
            Assert.That(streamed.Select(Row), Is.EqualTo(_expected.Select(Row)));
            Assert.That(_predictor.Predict(Array.Empty<string>()), Is.Empty);
        }
    }

    [Test]
    public void A_pair_is_read_as_a_pair() =>
        Assert.That(Row(_predictor.Predict("stars", "the red book")),
            Is.EqualTo(Row(_predictor.Predict([("stars", "the red book")])[0])).And.Not.EqualTo(Row(_expected[3])));

    [Test]
    public void A_text_that_is_null_is_named() =>
        Assert.That(() => _predictor.Predict(["stars", null!]),
            Throws.ArgumentException.With.Message.StartsWith("Text 2 is null; expected a text"));

    [Test]
    public void A_cancelled_call_ends_without_an_answer()
    {
        CancellationToken cancelled = new(canceled: true);

        Assert.That(() => _predictor.Predict("stars", cancelled), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(() => _predictor.Predict(Texts, cancelled), Throws.InstanceOf<OperationCanceledException>());
    }

    [Test]
    public void A_call_allocates_for_its_own_tokens_only()
    {
        _predictor.Predict("stars");
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int call = 0; call < 100; call++)
        {
            _predictor.Predict("stars");
        }

        Assert.That((GC.GetAllocatedBytesForCurrentThread() - before) / 100, Is.LessThan(8 * 1024));
    }

    private static string Row(TextPrediction prediction) =>
        $"{prediction.Label} {string.Join(' ', prediction.Scores.Select(score => score.ToString("0.0000")))}";
}
