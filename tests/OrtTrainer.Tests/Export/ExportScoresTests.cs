using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Export;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Export;

/// <summary>The scores of an export's graphs are those that plain sessions of ONNX Runtime give.</summary>
public sealed class ExportScoresTests
{
    private static readonly int[] Classes = [0, 1, 2, 1];

    private TinyClassifier _tiny = null!;
    private TemporaryFolder _output = null!;

    [SetUp]
    public void Make() => (_tiny, _output) = (TinyClassifier.Of("bert"), new TemporaryFolder());

    [TearDown]
    public void CleanUp()
    {
        _tiny.Dispose();
        _output.Dispose();
    }

    [Test]
    public void Both_graphs_are_scored_and_the_change_is_told()
    {
        Metric metric = ClassificationTask.Instance.FindMetric("log_loss");
        Export(Quantization.Int8);

        ExportScores scores = ExportScores.Of(_output.Path, Data(), metric, TinyClassifier.OneThread);

        double exact = Loss(OnnxModelFolder.ExportedGraph(_output.Path));
        double rounded = Loss(OnnxModelFolder.QuantizedGraph(_output.Path));
        Assert.That(Math.Abs(rounded - exact), Is.GreaterThan(1e-4), "or the test cannot tell the graphs apart");
        Assert.That(scores.Exact.Values["loss"], Is.EqualTo(exact).Within(1e-6));
        Assert.That(scores.Quantized!.Values["loss"], Is.EqualTo(rounded).Within(1e-6));
        Assert.That(Math.Abs(scores.Change!.Value.Difference), Is.EqualTo(Math.Abs(rounded - exact)).Within(2e-6));
        Assert.That(scores.Exact.Examples.Count, Is.EqualTo(4));
    }

    [Test]
    public void An_export_of_one_graph_has_one_score()
    {
        Export(Quantization.None);

        ExportScores scores = ExportScores.Of(
            _output.Path, Data(), ClassificationTask.Instance.FindMetric("accuracy"), TinyClassifier.OneThread);

        Assert.That((scores.Quantized, scores.Change), Is.EqualTo(((EvaluationScores?)null, (BootstrapInterval?)null)));
        Assert.That(scores.Exact.Values["loss"],
            Is.EqualTo(Loss(OnnxModelFolder.ExportedGraph(_output.Path))).Within(1e-6));
    }

    private void Export(Quantization quantization) => ModelExporter.Export(
        _output.Path, _tiny.Model, TinyClassifier.Provenance, quantization: quantization);

    private EncodedDataset Data()
    {
        Example[] rows = [.. Classes.Select((_, i) => new Example("", null, null, i + 2))];
        ClassTargets targets = new(Classes, _tiny.Model.Labels.Count);
        return new EncodedDataset(new Dataset("rows", rows, null, targets), _tiny.Examples, targets, 16);
    }

    /// <summary>The mean cross-entropy by a session as anyone would open it, all rows padded in one batch.</summary>
    private double Loss(string graph)
    {
        using InferenceSession session = new(graph);
        int width = _tiny.Examples.Max(example => example.InputIds.Length);
        using OrtValue ids = Tensor(example => example.InputIds);
        using OrtValue mask = Tensor(example => [.. example.InputIds.Select(_ => 1)]);
        using OrtValue types = Tensor(example => example.TokenTypeIds);
        using RunOptions options = new();
        using IDisposableReadOnlyCollection<OrtValue> outputs = session.Run(
            options, ["input_ids", "attention_mask", "token_type_ids"], [ids, mask, types], ["logits"]);
        float[] logits = outputs[0].GetTensorDataAsSpan<float>().ToArray();
        return logits.Chunk(logits.Length / Classes.Length)
            .Select((row, i) => Math.Log(row.Sum(z => Math.Exp(z))) - row[Classes[i]]).Average();

        OrtValue Tensor(Func<TokenizedExample, int[]> row) => OrtValue.CreateTensorValueFromMemory<long>(
            [.. _tiny.Examples.SelectMany(e => row(e).Concat(new int[width - e.InputIds.Length])).Select(v => (long)v)],
            [_tiny.Examples.Length, width]);
    }
}
