using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Graph;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tests.Export;

namespace OrtTrainer.Tests.Prediction;

/// <summary>Predictions without padding, against those of the exported graph, and what is told of either.</summary>
public sealed class PackedPredictorTests
{
    private static readonly Example[] Inputs =
    [
        new("What is a neutron star ?"), new(""), new("Who wrote the book ?", "the red, red book."), new("stars"),
    ];

    [TestCase("bert", "classification")]
    [TestCase("bert", "multi_label")]
    [TestCase("bert", "regression")]
    [TestCase("roberta", "classification")]
    public void Scores_are_those_of_the_exported_graph(string architecture, string taskName)
    {
        using ExportedClassifier exported = new(architecture, ModelTask.Named(taskName));
        (float[][] packed, string how) = Scores(exported.Folder);

        ForeignTypes.MakeForeign(OnnxModelFolder.ExportedGraph(exported.Folder));
        (float[][] padded, string otherHow) = Scores(exported.Folder);

        AssertClose(packed, padded, 1e-5);
        Assert.That(how, Is.EqualTo("packed graph without padding, fp32, C# kernels"));
        Assert.That(otherHow, Does.StartWith("padded ONNX graph of ").And.Contain("model.onnx was exported by other"));
    }

    [Test]
    public void Function_bodies_run_where_kernels_are_turned_off()
    {
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        (float[][] kernels, _) = Scores(exported.Folder);
        (float[][] bodies, string how) =
            Scores(exported.Folder, new PredictorOptions { Execution = new() { UseKernels = false } });

        AssertClose(bodies, kernels, 1e-5);
        Assert.That(how, Is.EqualTo("packed graph without padding, fp32, function bodies"));
    }

    [Test]
    public void An_export_whose_weights_are_in_the_graph_alone_runs_without_padding_too()
    {
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        (float[][] expected, string how) = Scores(exported.Folder);

        File.Delete(Path.Combine(exported.Folder, "model.safetensors"));

        (float[][] scores, string otherHow) = Scores(exported.Folder);
        Assert.That(scores, Is.EqualTo(expected));
        Assert.That(otherHow, Is.EqualTo(how));
    }

    [Test]
    public void Brain_floats_are_near_and_named()
    {
        RequireBFloat16();
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        (float[][] expected, _) = Scores(exported.Folder);

        (float[][] scores, string how) =
            Scores(exported.Folder, new PredictorOptions { Precision = Precision.Bf16 });

        AssertClose(scores, expected, 0.03);
        Assert.That(scores, Is.Not.EqualTo(expected));
        Assert.That(how, Is.EqualTo("packed graph without padding, bf16, C# kernels"));
    }

    [Test]
    public void Brain_floats_are_refused_of_a_graph_of_others()
    {
        RequireBFloat16();
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        ForeignTypes.MakeForeign(OnnxModelFolder.ExportedGraph(exported.Folder));

        Assert.That(() => Scores(exported.Folder, new PredictorOptions { Precision = Precision.Bf16 }),
            Throws.TypeOf<RunException>().With.Message.Contains("model.onnx runs in fp32 alone")
                .And.Message.Contains("other software"));
    }

    [Test]
    public void Brain_floats_are_refused_of_a_processor_without_them()
    {
        if (ProductKernels.BFloat16IsSupported)
        {
            Assert.Ignore("This processor has them.");
        }

        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        Assert.That(() => Scores(exported.Folder, new PredictorOptions { Precision = Precision.Bf16 }),
            Throws.ArgumentException.With.Message.Contains("AVX-512 BF16"));
    }

    [Test]
    public void Many_texts_keep_their_order_while_others_are_read()
    {
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        using Predictor predictor = Predictor.Open(exported.Folder);
        string[] texts =
            [.. Enumerable.Range(0, 2500).Select(i => Inputs[i * 7 % 4].Text + (i % 3 == 0 ? " red" : ""))];
        Dictionary<string, float[]> alone = texts.Distinct()
            .ToDictionary(text => text, text => Floats(predictor.Predict(text)));

        IReadOnlyList<TextPrediction> together = predictor.Predict(texts);

        Assert.That(together, Has.Count.EqualTo(texts.Length));
        AssertClose([.. together.Select(Floats)], [.. texts.Select(text => alone[text])], 1e-5);
    }

    [Test]
    public void What_goes_wrong_with_a_later_text_reaches_the_caller()
    {
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        File.AppendAllText(Path.Combine(exported.Folder, "vocab.txt"), "unheard\n");
        File.Delete(Path.Combine(exported.Folder, "tokenizer.json"));
        using Predictor predictor = Predictor.Open(exported.Folder);
        string[] texts = [.. Enumerable.Repeat("star", 2100), "unheard"];
        using CancellationTokenSource cancelled = new();
        cancelled.Cancel();

        Assert.That(() => predictor.Predict(texts), Throws.TypeOf<RunException>().With.Message.Contains("vocab_size"));
        Assert.That(() => predictor.Predict(texts, cancelled.Token), Throws.InstanceOf<OperationCanceledException>());
    }

    private static void RequireBFloat16()
    {
        if (!ProductKernels.BFloat16IsSupported)
        {
            Assert.Ignore("This processor has no products of bfloat16.");
        }
    }

    private static (float[][] Scores, string Execution) Scores(string folder, PredictorOptions? options = null)
    {
        using Predictor predictor = Predictor.Open(folder, options);
        return ([.. predictor.Predict(Inputs).Select(Floats)], predictor.Execution);
    }

    private static float[] Floats(TextPrediction prediction) => [.. prediction.Scores.Select(score => (float)score)];

    private static void AssertClose(float[][] actual, float[][] expected, double tolerance)
    {
        for (int i = 0; i < expected.Length; i++)
        {
            Assert.That(actual[i], Is.EqualTo(expected[i]).Within(tolerance), $"text {i}");
        }
    }
}
