using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tests.Export;
using ElementType = OrtTrainer.Graph.ElementType;

namespace OrtTrainer.Tests.Prediction;

/// <summary>Models whose ids or logits are not of the types that this program exports.</summary>
public sealed class ForeignTypesTests
{
    private static readonly Example[] Inputs =
        [new("What is a neutron star ?"), new("Who wrote the book ?", "the red, red book."), new("")];

    [TestCase(ElementType.Int32, ElementType.Float, 1e-5)]
    [TestCase(ElementType.Int64, ElementType.Float16, 1e-3)]
    [TestCase(ElementType.Int32, ElementType.Float16, 1e-3)]
    [TestCase(ElementType.Int32, ElementType.Double, 1e-5)]
    public void Ids_and_logits_are_converted_and_scores_stay(ElementType ids, ElementType logits, double tolerance)
    {
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        float[][] expected = Scores(exported.Folder);

        ForeignTypes.Rewrite(Path.Combine(exported.Folder, "onnx", "model.onnx"), ids, logits);

        float[][] scores = Scores(exported.Folder);
        for (int i = 0; i < Inputs.Length; i++)
        {
            Assert.That(scores[i], Is.EqualTo(expected[i]).Within(tolerance));
        }
    }

    [TestCase(ElementType.Int64, ElementType.Int64, "logits are Int64; expected Float, Float16, Double")]
    [TestCase(ElementType.Float, ElementType.Float, "input_ids is Float; expected Int64 or Int32")]
    public void Other_types_are_refused_in_one_line(ElementType ids, ElementType logits, string message)
    {
        using ExportedClassifier exported = new("bert", ClassificationTask.Instance);
        ForeignTypes.Rewrite(Path.Combine(exported.Folder, "onnx", "model.onnx"), ids, logits);

        Assert.That(() => Predictor.Open(exported.Folder), Throws.TypeOf<RunException>()
            .With.Message.Contains(message).And.Message.Not.Contains("\n"));
    }

    private static float[][] Scores(string folder)
    {
        using Predictor predictor = Predictor.Open(folder);
        return [.. predictor.Predict(Inputs).Select(prediction => prediction.Scores.Select(s => (float)s).ToArray())];
    }
}
