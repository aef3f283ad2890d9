using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Export;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Export;

namespace OrtTrainer.Tests.Prediction;

/// <summary>Texts in, labels and scores out.</summary>
public sealed class PredictorTests
{
    private static readonly Example[] Inputs =
    [
        new("What is a neutron star ?"),
        new(""),
        new("Who wrote the book ?", "the red, red book."),
        new("stars"),
        new("What is a neutron star ?"),
    ];

    [TestCase("bert", "classification")]
    [TestCase("roberta", "classification")]
    public void Scores_are_the_softmax_of_the_training_graphs_logits(string architecture, string taskName)
    {
        ModelTask task = ModelTask.Named(taskName);
        using ExportedClassifier exported = new(architecture, task);
        using Predictor predictor = Predictor.Open(exported.Folder);
        float[] logits = exported.Tiny.ReferenceLogits(TinyClassifier.Tokenize(exported.Folder, Inputs));

        IReadOnlyList<TextPrediction> predictions = predictor.Predict(Inputs);

        Assert.That(predictions, Has.Count.EqualTo(Inputs.Length));
        for (int i = 0; i < Inputs.Length; i++)
        {
            double[] exponents = [.. logits[(3 * i)..((3 * i) + 3)].Select(x => Math.Exp(x))];
            double[] expected = [.. exponents.Select(e => e / exponents.Sum())];
            Assert.That(predictions[i].Scores, Is.EqualTo(expected).Within(1e-5));
            Assert.That(predictions[i].Label, Is.EqualTo(predictor.Labels[Array.IndexOf(expected, expected.Max())]));
        }
    }

    [Test]
    public void Labels_of_a_multi_label_model_are_those_above_the_threshold_best_first()
    {
        using ExportedClassifier exported = new("bert", MultiLabelTask.Instance);
        float[] logits = exported.Tiny.ReferenceLogits(TinyClassifier.Tokenize(exported.Folder, Inputs[0]));
        float[] expected = [.. logits.Select(x => (float)(1 / (1 + Math.Exp(-x))))];

        using Predictor all = Predictor.Open(exported.Folder, new PredictorOptions { Threshold = 0 });
        TextPrediction prediction = all.Predict([Inputs[0]])[0];
        Assert.That(prediction.Scores, Is.EqualTo(expected).Within(1e-5));
        Assert.That(prediction.Labels,
            Is.EqualTo(all.Labels.Zip(expected).OrderByDescending(p => p.Second).Select(p => p.First)));

        using Predictor none = Predictor.Open(exported.Folder, new PredictorOptions { Threshold = 1 });
        Assert.That(none.Predict([Inputs[0]])[0].Label, Is.Null);
    }

    [Test]
    public void A_regression_gives_the_value_itself()
    {
        using ExportedClassifier exported = new("bert", RegressionTask.Instance);
        using Predictor predictor = Predictor.Open(exported.Folder);
        float[] logits = exported.Tiny.ReferenceLogits(TinyClassifier.Tokenize(exported.Folder, Inputs));

        IReadOnlyList<TextPrediction> predictions = predictor.Predict(Inputs);

        Assert.That(predictions.Select(p => p.Scores.Single()), Is.EqualTo(logits).Within(1e-5));
        Assert.That(predictions.Select(p => p.Labels), Is.All.Empty);
    }

    [Test]
    public void A_folder_without_a_graph_gives_the_very_same_scores()
    {
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        TextPrediction[] expected;
        using (Predictor predictor = Predictor.Open(exported.Folder))
        {
            expected = [.. predictor.Predict(Inputs)];
        }

        // As older exports have it, beside config.json; then without any.
        File.Move(Path.Combine(exported.Folder, "onnx", "model.onnx"), Path.Combine(exported.Folder, "model.onnx"));
        using (Predictor older = Predictor.Open(exported.Folder))
        {
            Assert.That(older.Predict(Inputs).Select(p => p.Scores), Is.EqualTo(expected.Select(p => p.Scores)));
        }

        File.Delete(Path.Combine(exported.Folder, "model.onnx"));
        using Predictor fromWeights = Predictor.Open(exported.Folder);
        Assert.That(fromWeights.Predict(Inputs).Select(p => p.Scores), Is.EqualTo(expected.Select(p => p.Scores)));
    }

    [Test]
    public void Small_batches_keep_order_and_scores()
    {
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        using Predictor wide = Predictor.Open(exported.Folder);
        using Predictor narrow =
            Predictor.Open(exported.Folder, new PredictorOptions { TokensPerBatch = 1, Window = 2 });
        IReadOnlyList<TextPrediction> expected = wide.Predict(Inputs);

        TextPrediction[] streamed = [.. narrow.PredictStream(Inputs)];

        Assert.That(streamed, Has.Length.EqualTo(Inputs.Length));
        for (int i = 0; i < Inputs.Length; i++)
        {
            Assert.That(streamed[i].Scores, Is.EqualTo(expected[i].Scores).Within(1e-6));
        }
    }

    [Test]
    public void A_stream_is_read_one_window_ahead_at_most()
    {
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        using Predictor predictor = Predictor.Open(exported.Folder, new PredictorOptions { Window = 3 });
        int read = 0;

        _ = predictor.PredictStream(Endless()).Take(4).Count();

        Assert.That(read, Is.EqualTo(6));

        IEnumerable<Example> Endless()
        {
            while (true)
            {
                read++;
                yield return new("star");
            }
        }
    }

    [Test]
    public async Task What_has_arrived_is_answered_before_waiting_for_more()
    {
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        using Predictor predictor = Predictor.Open(exported.Folder);
        TaskCompletionSource answered = new();
        int count = 0;

        await foreach (TextPrediction _ in predictor.PredictAsync(Typed()))
        {
            if (++count == 2)
            {
                answered.SetResult();
            }
        }

        Assert.That(count, Is.EqualTo(3));

        async IAsyncEnumerable<Example> Typed()
        {
            yield return Inputs[0];
            yield return Inputs[1];

            // Never comes if the first two wait for a full window.
            await answered.Task.WaitAsync(TimeSpan.FromSeconds(30));
            yield return Inputs[2];
        }
    }

    [Test]
    public void Long_texts_are_cut_where_the_tokenizer_or_the_caller_says()
    {
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        string text = string.Concat(Enumerable.Repeat("star ", 60));
        using Predictor longest = Predictor.Open(exported.Folder);
        using Predictor shorter = Predictor.Open(exported.Folder, new PredictorOptions { MaxLength = 5 });

        Assert.That(longest.MaxLength, Is.EqualTo(24));
        Assert.That(longest.Predict([new(text)])[0].Scores,
            Is.EqualTo(longest.Predict([new(text.AsSpan(0, 200).ToString())])[0].Scores));
        Assert.That(shorter.Predict([new(text)])[0].Scores,
            Is.EqualTo(longest.Predict([new("star star star")])[0].Scores).Within(1e-6));
        Assert.That(() => Predictor.Open(exported.Folder, new PredictorOptions { MaxLength = 25 }),
            Throws.TypeOf<RunException>().With.Message.Contains("24"));
    }

    [Test]
    public void Nothing_in_gives_nothing_out()
    {
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        using Predictor predictor = Predictor.Open(exported.Folder);

        Assert.That(predictor.Predict([]), Is.Empty);
        Assert.That(predictor.PredictStream([]), Is.Empty);
    }
}
