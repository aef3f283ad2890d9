using OrtTrainer.Calibration;
using OrtTrainer.Evaluation;
using OrtTrainer.Randomness;

namespace OrtTrainer.Tests.Calibration;

public class TemperatureFitTests
{
    [Test]
    public void Two_classes_of_one_confidence_give_the_temperature_in_closed_form()
    {
        // Of four decisions with logit 2 for the first class, three are right: 2 / T is the log-odds of 3/4.
        ClassifiedExamples decisions = new([2, 0, 2, 0, 2, 0, 2, 0], [0, 0, 0, 1], 2);

        Assert.That(TemperatureFit.Of(decisions), Is.EqualTo(2 / Math.Log(3)).Within(1e-12));
    }

    [Test]
    public void The_loss_is_least_at_the_temperature_that_is_found()
    {
        ClassifiedExamples decisions = Drawn(temperature: 3, count: 500);
        double found = TemperatureFit.Of(decisions)!.Value;

        foreach (double other in new[] { found * 0.99, found * 1.01, 1, 10 })
        {
            Assert.That(TemperatureFit.Loss(decisions, other), Is.GreaterThan(TemperatureFit.Loss(decisions, found)));
        }
    }

    [TestCase(0.5)]
    [TestCase(3)]
    public void Labels_drawn_at_a_temperature_give_it_back(double temperature) =>
        Assert.That(
            TemperatureFit.Of(Drawn(temperature, count: 20_000)), Is.EqualTo(temperature).Within(4).Percent);

    [Test]
    public void The_loss_at_temperature_one_is_the_log_loss()
    {
        ClassifiedExamples decisions = Drawn(temperature: 2, count: 50);

        Assert.That(
            TemperatureFit.Loss(decisions, 1),
            Is.EqualTo(ProbabilityScores.LogLoss(
                decisions.Labels, decisions.Probabilities(), decisions.Classes)).Within(1e-12));
    }

    [Test]
    public void No_temperature_fits_decisions_that_are_all_right() =>
        Assert.That(TemperatureFit.Of(new ClassifiedExamples([5, 0, 0, 5], [0, 1], 2)), Is.Null);

    [Test]
    public void No_temperature_fits_outputs_that_say_nothing() =>
        Assert.That(TemperatureFit.Of(new ClassifiedExamples([1, 1, 1, 1], [0, 1], 2)), Is.Null);

    /// <summary>Decisions between four classes whose labels are drawn from the softmax of logits / T.</summary>
    private static ClassifiedExamples Drawn(double temperature, int count)
    {
        const int classes = 4;
        SeededRandom random = new(7);
        double[] logits = new double[count * classes];
        int[] labels = new int[count];
        for (int i = 0; i < count; i++)
        {
            double[] weights = new double[classes];
            for (int k = 0; k < classes; k++)
            {
                double logit = (random.NextDouble() - 0.5) * 12;
                logits[(i * classes) + k] = logit;
                weights[k] = Math.Exp(logit / temperature);
            }

            double draw = random.NextDouble() * weights.Sum();
            while (labels[i] < classes - 1 && draw >= weights[labels[i]])
            {
                draw -= weights[labels[i]++];
            }
        }

        return new ClassifiedExamples(logits, labels, classes);
    }
}
