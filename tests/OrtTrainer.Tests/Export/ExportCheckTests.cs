using OrtTrainer.Export;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Tasks;
using OrtTrainer.Training;

namespace OrtTrainer.Tests.Export;

/// <summary>An exported model against the graph it was trained with.</summary>
public sealed class ExportCheckTests
{
    [TestCase("bert", "gelu")]
    [TestCase("bert", "gelu_new")]
    [TestCase("bert", "relu")]
    [TestCase("bert", "silu")]
    [TestCase("bert", "tanh")]
    [TestCase("roberta", "gelu")]
    public void A_sound_export_agrees_with_the_training_side(string architecture, string activation)
    {
        using TinyClassifier tiny = TinyClassifier.Of(architecture, activation: activation);
        using TemporaryFolder output = new();
        ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance);
        using EvaluationSession session = tiny.Evaluation();

        ExportComparison comparison = ExportCheck.Compare(
            output.Path, OnnxModelFolder.ExportedGraph(output.Path), Reference(tiny, session));

        Assert.That(comparison.Examples, Is.EqualTo(4));
        Assert.That(comparison.MaxAbsolute, Is.LessThan(1e-5));
        Assert.That(comparison.FirstBeyond, Is.Null);
        Assert.That(
            tiny.ReferenceLogits(tiny.Examples).Max(Math.Abs), Is.GreaterThan(0.1),
            "the logits must be worth comparing");
    }

    [Test]
    public void An_export_of_other_weights_is_caught()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        using TemporaryFolder output = new();
        ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance);
        ParameterSpec bias = tiny.Model.Layout.Parameters.Single(p => p.Name == "classifier.bias");
        tiny.Parameters.Slice(tiny.Model.Layout.OffsetOf(bias), 1)[0] += 0.01f;
        using EvaluationSession session = tiny.Evaluation();

        ExportComparison comparison = ExportCheck.Compare(
            output.Path, OnnxModelFolder.ExportedGraph(output.Path), Reference(tiny, session));

        Assert.That((comparison.Agrees, comparison.Beyond, comparison.FirstBeyond), Is.EqualTo((false, 4, 0)));
        Assert.That(comparison.MaxAbsolute, Is.EqualTo(0.01).Within(1e-5));
    }

    [Test]
    public void Differences_are_the_largest_over_all_logits()
    {
        ExportComparison comparison = Compare([1f, 2f, 3f, 0.5f], [1f, 2.5f, 3f, 0f], new ExportTolerance());

        Assert.That(comparison, Is.EqualTo(new ExportComparison(2, 0.5, 0.2, 2, 0) { SameLargest = 2 }));
    }

    [Test]
    public void Tolerance_is_absolute_plus_relative()
    {
        ExportTolerance tolerance = new() { Absolute = 0.1, Relative = 0.01 };

        Assert.That(tolerance.Allows(100.9, 100, 100), Is.True);
        Assert.That(tolerance.Allows(101.2, 100, 100), Is.False);
        Assert.That(tolerance.Allows(-0.1, 0, 0), Is.True);
        Assert.That(tolerance.Allows(-1, 0, 100), Is.True);
        Assert.That(() => new ExportTolerance { Absolute = -1 }, Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_logit_that_is_no_number_never_passes()
    {
        ExportComparison comparison = Compare([1f, float.NaN], [1f, 1f], new ExportTolerance { Absolute = 1e9 });

        Assert.That(comparison.Agrees, Is.False);
        Assert.That(comparison.FirstBeyond, Is.EqualTo(1));
        Assert.That(comparison.MaxAbsolute, Is.NaN);
    }

    [Test]
    public void Batches_are_compared_one_after_the_other()
    {
        ExportDifferences differences = new(new ExportTolerance());
        differences.Expected.Add(new OutputBatch([1, 2], 1, [3, 1], [0, 1], [1, 1]));
        differences.Add(new OutputBatch([1, 3], 1, [3, 1], [0, 1], [1, 1]));
        differences.Expected.Add(new OutputBatch([1, 2, 3], 1, [0, 2], [0, 1], [1, 2]));
        differences.Add(new OutputBatch([1, 2, 9, 3.5f], 1, [0, 2], [0, 2], [1, 2]));

        Assert.That(differences.Result, Is.EqualTo(new ExportComparison(4, 7, 7.0 / 3, 3, 1) { SameLargest = 3 }));
    }

    [Test]
    public void Logits_of_another_number_are_refused() =>
        Assert.That(() => Compare([1f, 2f], [1f, 2f, 3f, 4f], new ExportTolerance()), Throws.ArgumentException);

    private static ExportReference Reference(TinyClassifier tiny, EvaluationSession session) =>
        new(tiny.Examples, session, tiny.Parameters, TinyClassifier.OneThread);

    /// <summary>Compares the logits of two examples.</summary>
    private static ExportComparison Compare(float[] logits, float[] expected, ExportTolerance tolerance)
    {
        ExportDifferences differences = new(tolerance);
        Scored.Give(expected, 2, differences.Expected);
        Scored.Give(logits, 2, differences);
        return differences.Result;
    }
}
