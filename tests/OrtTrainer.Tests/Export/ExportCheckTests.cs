using OrtTrainer.Export;
using OrtTrainer.Models;
using OrtTrainer.Tests.Checkpoints;

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
        float[] reference = tiny.ReferenceLogits(tiny.Examples);

        ExportComparison comparison = ExportCheck.Compare(
            output.Path, tiny.Examples, reference, TinyClassifier.OneThread);

        Assert.That(comparison.Examples, Is.EqualTo(4));
        Assert.That(comparison.MaxAbsolute, Is.LessThan(1e-5));
        Assert.That(comparison.FirstBeyond, Is.Null);
        Assert.That(reference.Max(Math.Abs), Is.GreaterThan(0.1), "the logits must be worth comparing");
    }

    [Test]
    public void An_export_of_other_weights_is_caught()
    {
        using TinyClassifier tiny = TinyClassifier.Of("bert");
        using TemporaryFolder output = new();
        ModelExporter.Export(output.Path, tiny.Model, TinyClassifier.Provenance);
        ParameterSpec bias = tiny.Model.Layout.Parameters.Single(p => p.Name == "classifier.bias");
        tiny.Parameters.Slice(tiny.Model.Layout.OffsetOf(bias), 1)[0] += 0.01f;
        float[] reference = tiny.ReferenceLogits(tiny.Examples);

        ExportComparison comparison =
            ExportCheck.Compare(output.Path, tiny.Examples, reference, TinyClassifier.OneThread);

        Assert.That((comparison.Agrees, comparison.Beyond, comparison.FirstBeyond), Is.EqualTo((false, 4, 0)));
        Assert.That(comparison.MaxAbsolute, Is.EqualTo(0.01).Within(1e-5));
    }

    [Test]
    public void Differences_are_the_largest_over_all_logits()
    {
        ExportComparison comparison =
            ExportComparison.Of([1f, 2f, 3f, 0.5f], [1f, 2.5f, 3f, 0f], 2, new ExportTolerance());

        Assert.That(comparison, Is.EqualTo(new ExportComparison(2, 0.5, 0.2, 2, 0)));
    }

    [Test]
    public void Tolerance_is_absolute_plus_relative()
    {
        ExportTolerance tolerance = new() { Absolute = 0.1, Relative = 0.01 };

        Assert.That(tolerance.Allows(100.9, 100), Is.True);
        Assert.That(tolerance.Allows(101.2, 100), Is.False);
        Assert.That(tolerance.Allows(-0.1, 0), Is.True);
        Assert.That(() => new ExportTolerance { Absolute = -1 }, Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_logit_that_is_no_number_never_passes()
    {
        ExportComparison comparison =
            ExportComparison.Of([1f, float.NaN], [1f, 1f], 2, new ExportTolerance { Absolute = 1e9 });

        Assert.That(comparison.Agrees, Is.False);
        Assert.That(comparison.FirstBeyond, Is.EqualTo(1));
        Assert.That(comparison.MaxAbsolute, Is.NaN);
    }

    [Test]
    public void Logits_of_another_number_of_examples_are_refused()
    {
        Assert.That(() => ExportComparison.Of([1f, 2f], [1f], 1, new ExportTolerance()), Throws.ArgumentException);
        Assert.That(() => ExportComparison.Of([1f, 2f, 3f], [1f, 2f, 3f], 2, new ExportTolerance()),
            Throws.ArgumentException);
    }
}
