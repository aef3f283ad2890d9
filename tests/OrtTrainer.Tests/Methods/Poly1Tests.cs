using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tests.Models;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Methods;

/// <summary>Poly-1 through the graph that trains, against its formula in float64.</summary>
public sealed class Poly1Tests
{
    private const int Classes = 3;

    private static readonly EncodedDataset Data =
        ObjectiveProbe.Data(ClassificationTask.Instance, Classes, ["class0", "class2"]);

    private static readonly float[] Logits = [1.5f, -0.5f, 0.25f, -2, 3, 1];

    [TestCase(-1)]
    [TestCase(0)]
    [TestCase(2.5)]
    public void It_is_cross_entropy_with_another_weight_of_the_first_power(double epsilon)
    {
        double[] p = [Probability(row: 0, label: 0), Probability(row: 1, label: 2)];

        (float loss, LossParts parts, _) = ObjectiveProbe.Run(Options(epsilon), Data, Logits);

        Assert.That(loss, Is.EqualTo(p.Average(x => -Math.Log(x) + (epsilon * (1 - x)))).Within(1e-6));
        Assert.That(parts, Is.EqualTo(new LossParts(loss)), "all of it is made by the labels");
    }

    [Test]
    public void Its_gradient_keeps_its_digits_where_the_label_is_nearly_certain()
    {
        float[] certain = [30, 0, 0, 0, 0, 30];

        (_, _, float[] gradient) = ObjectiveProbe.Run(Options(2), Data, certain);

        // For p_y = 1 - d: -(1 + epsilon) d by the label's logit, of two examples.
        double expected = -(1 + 2) * 2 * Math.Exp(-30) / 2;
        Assert.That(gradient[1] + gradient[2], Is.EqualTo(-expected).Within(1e-3 * -expected));
    }

    private static FineTuneOptions Options(double epsilon) => new()
    {
        Model = "m", Output = "o", Data = new() { Train = "t" },
        Method = FineTuneMethod.Of(new Poly1 { Epsilon = epsilon }),
    };

    private static double Probability(int row, int label)
    {
        double[] z = [.. Logits[(row * Classes)..((row + 1) * Classes)].Select(v => (double)v)];
        return Math.Exp(z[label]) / z.Sum(Math.Exp);
    }
}
