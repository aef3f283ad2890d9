using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Tests.Tasks;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Tests.Training;

public sealed class TrainerTests
{
    [Test]
    public void A_step_reports_what_it_was()
    {
        using TinyTraining tiny = new();
        using Trainer trainer = tiny.Trainer(tiny.Options(4), rate: 2e-3);
        int[] taken = trainer.Order.ExamplesOf(0).ToArray();
        double expected = CrossEntropy(tiny, taken);

        StepReport report = trainer.Step();

        Assert.That(report.Step, Is.EqualTo(1));
        Assert.That(report.Loss, Is.EqualTo(expected).Within(1e-5));
        Assert.That(report.LearningRate, Is.EqualTo(2e-3));
        Assert.That(report.Examples, Is.EqualTo(4));
        Assert.That(report.Tokens, Is.EqualTo(taken.Sum(i => tiny.Examples[i].InputIds.Length)));
        Assert.That(report.GradientNorm, Is.EqualTo(FirstMomentNorm(tiny) / 0.1).Within(1e-4 * report.GradientNorm));
    }

    [Test]
    public void Batches_of_like_length_are_those_of_the_examples_tokens()
    {
        using TinyTraining tiny = new();
        using Trainer trainer = tiny.Trainer(tiny.Options(3) with { BatchByLength = 4 });
        int[] sorted = [.. tiny.Examples.Select(example => example.InputIds.Length).Order()];

        int[][] batches = [.. Enumerable.Range(0, 4).Select(step =>
            trainer.Order.ExamplesOf(step).ToArray().Select(i => tiny.Examples[i].InputIds.Length).ToArray())];

        // One window has them all: 11 examples in batches of 3, one of which lacks one.
        Assert.That(batches.Select(batch => batch.Length), Is.EqualTo(new[] { 3, 3, 3, 2 }));
        Assert.That(batches.OrderBy(batch => batch[0]).ThenBy(batch => batch[^1]).SelectMany(batch => batch),
            Is.EqualTo(sorted));
    }

    [Test]
    public void Steps_lower_the_loss_on_what_they_learn()
    {
        using TinyTraining tiny = new();
        using Trainer trainer = tiny.Trainer(tiny.Options(11), rate: 1e-2);
        float first = trainer.Step().Loss;
        float last = first;
        for (int i = 0; i < 60; i++)
        {
            last = trainer.Step().Loss;
        }

        Assert.That(last, Is.LessThan(0.2 * first));
    }

    [Test]
    public void Gradients_are_clipped_to_the_norm_and_the_norm_before_is_reported()
    {
        using TinyTraining tiny = new();
        using Trainer trainer = tiny.Trainer(tiny.Options(4, clip: 0.01));

        StepReport report = trainer.Step();

        Assert.That(report.GradientNorm, Is.GreaterThan(0.1));
        Assert.That(FirstMomentNorm(tiny) / 0.1, Is.EqualTo(0.01).Within(1e-5));
    }

    [Test]
    public void Averages_are_taken_at_the_steps_of_the_plan()
    {
        using TinyTraining tiny = new(dropout: true, rule: new EqualShares());
        AveragingPlan plan = new() { TotalSteps = 10, StartFraction = 0.5, Interval = 2 };
        using Trainer trainer = tiny.Trainer(tiny.Options(4), plan, rate: 1e-2);
        double[] sum = new double[tiny.State.Parameters.Length];
        for (int step = 1; step <= 10; step++)
        {
            trainer.Step();
            if (step is 7 or 9)
            {
                Add(sum, tiny.State.Parameters.Span);
            }
        }

        Assert.That(tiny.State.Average!.State, Is.EqualTo(new AverageState(2, 7, 9)));
        Assert.That(tiny.State.Average.Buffer.Span.ToArray(), Is.EqualTo(sum.Select(s => s / 2)).Within(1e-6));
    }

    [Test]
    public void A_loss_that_is_no_number_stops_training_and_leaves_the_weights()
    {
        using TinyTraining tiny = new(task: RegressionTask.Instance, rule: new EqualShares());
        using Trainer trainer = tiny.Trainer(
            tiny.Options(11), new AveragingPlan { TotalSteps = 5, StartFraction = 0 });
        trainer.Step();
        tiny.State.Parameters.Span[(int)tiny.Graph.Layout.OffsetOf(tiny.Graph.Layout.Views[^1])] = float.NaN;
        float[] weights = tiny.State.Parameters.Span.ToArray();
        float[] average = tiny.State.Average!.Buffer.Span.ToArray();

        Assert.That(() => trainer.Step(), Throws.InstanceOf<RunException>()
            .With.Message.Contains("Step 2").And.Message.Contains("NaN").And.Message.Contains("0.001"));

        Assert.That(tiny.State.Step, Is.EqualTo(1));
        Assert.That(tiny.State.Parameters.Span.ToArray(), Is.EqualTo(weights));
        Assert.That(tiny.State.Average.Buffer.Span.ToArray(), Is.EqualTo(average));
        Assert.That(tiny.State.Average.State.Count, Is.EqualTo(1));
    }

    [Test]
    public void The_padding_between_parameters_stays_zero()
    {
        using TinyTraining tiny = new(dropout: true);
        using Trainer trainer = tiny.Trainer(tiny.Options(4), rate: 1e-2);
        for (int i = 0; i < 5; i++)
        {
            trainer.Step();
        }

        float[] values = tiny.State.Parameters.Span.ToArray();
        foreach (var segment in tiny.State.Layout.Segments)
        {
            Array.Clear(values, segment.Offset, segment.Length);
        }

        Assert.That(values, Is.All.Zero);
    }

    [Test]
    public void A_state_begins_without_steps_moments_or_average()
    {
        using TinyTraining tiny = new();

        Assert.That(tiny.State.Step, Is.Zero);
        Assert.That(tiny.State.Average, Is.Null);
        Assert.That(tiny.State.Optimizer.States.SelectMany(s => s.Values.Span.ToArray()), Is.All.Zero);
    }

    private static double CrossEntropy(TinyTraining tiny, int[] taken)
    {
        using EvaluationSession session = tiny.Evaluation();
        float[] logits = session.Logits(tiny.State.Parameters, tiny.Examples, TinyTraining.Outputs);
        return taken.Average(i =>
        {
            double[] row = [.. logits[(3 * i)..(3 * (i + 1))].Select(v => (double)v)];
            return Math.Log(row.Sum(Math.Exp)) - row[tiny.Targets.Ids[i]];
        });
    }

    /// <summary>
    /// The norm of AdamW's first moment: after one step 1 - beta1 times that of the gradients it was given.
    /// </summary>
    private static double FirstMomentNorm(TinyTraining tiny) =>
        Math.Sqrt(tiny.State.Optimizer.States[0].Values.Span.ToArray().Sum(v => (double)v * v));

    private static void Add(double[] sum, ReadOnlySpan<float> values)
    {
        for (int i = 0; i < sum.Length; i++)
        {
            sum[i] += values[i];
        }
    }
}
