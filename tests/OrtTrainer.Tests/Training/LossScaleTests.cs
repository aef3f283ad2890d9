using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Tests.Training;

/// <summary>
/// The scale of a loss by itself, and in steps of float32, where a power of two changes no bit unless something
/// overflows.
/// </summary>
public sealed class LossScaleTests
{
    // Some times this, which the loss is where the tiny model is wrong, is more than float32 holds.
    private const float TooLarge = 1.7014118346046923e38f;

    [Test]
    public void It_begins_where_that_of_PyTorch_does() => Assert.That(
        new LossScale().State, Is.EqualTo(new LossScaleState(65536, 0, 0)));

    [Test]
    public void It_doubles_after_2000_steps_in_a_row_and_counts_anew()
    {
        LossScale scale = new();
        Repeat(1999, scale.AddStep);
        Assert.That(scale.State, Is.EqualTo(new LossScaleState(65536, 1999, 0)));

        scale.AddStep();
        Assert.That(scale.State, Is.EqualTo(new LossScaleState(131072, 0, 0)));

        Repeat(2000, scale.AddStep);
        Assert.That(scale.Value, Is.EqualTo(262144));
    }

    [Test]
    public void An_overflow_halves_it_and_begins_the_count_anew()
    {
        LossScale scale = new();
        Repeat(1500, scale.AddStep);

        scale.AddOverflow();

        Assert.That(scale.State, Is.EqualTo(new LossScaleState(32768, 0, 1)));
    }

    [Test]
    public void It_never_grows_beyond_what_float32_holds()
    {
        LossScale scale = new();
        scale.Restore(new LossScaleState(TooLarge, 1999, 0));

        scale.AddStep();

        Assert.That(scale.State, Is.EqualTo(new LossScaleState(TooLarge, 0, 0)));
    }

    [Test]
    public void It_is_exhausted_below_two_to_the_minus_13()
    {
        LossScale scale = new();
        int overflows = 0;
        for (; !scale.IsExhausted; overflows++)
        {
            scale.AddOverflow();
        }

        Assert.That((overflows, scale.Value), Is.EqualTo((29, 1f / 8192)));
    }

    [TestCase(1, null)]
    [TestCase(3, 0.05)]
    public void Steps_without_an_overflow_have_the_bits_of_those_without_a_scale(int accumulation, double? clip)
    {
        using TinyTraining plain = new(dropout: true, rule: new EqualShares());
        using TinyTraining scaled = new(dropout: true, rule: new EqualShares(), scale: new LossScale());

        StepReport[] expected = Train(plain, accumulation, clip), actual = Train(scaled, accumulation, clip);

        Assert.That(actual.Select(step => step with { LossScale = null }), Is.EqualTo(expected));
        Assert.That(actual.Select(step => step.LossScale), Is.All.EqualTo(65536f));
        Assert.That(Weights(scaled), Is.EqualTo(Weights(plain)));
        Assert.That(scaled.State.Average!.Buffer.Span.ToArray(),
            Is.EqualTo(plain.State.Average!.Buffer.Span.ToArray()));
        Assert.That(scaled.State.LossScale!.State, Is.EqualTo(new LossScaleState(65536, 8, 0)));
    }

    [Test]
    public void A_step_that_overflows_changes_nothing_but_the_scale_and_the_count_of_the_run()
    {
        using TinyTraining tiny = Scaled(TooLarge);
        using Trainer trainer = tiny.Trainer(tiny.Options(4), new AveragingPlan { TotalSteps = 9, StartFraction = 0 });
        float[] before = Weights(tiny);

        StepReport report = trainer.Step();

        Assert.That((report.Step, report.IsSkipped, report.LossScale), Is.EqualTo((1, true, TooLarge)));
        Assert.That(float.IsFinite(report.Loss), Is.False);
        Assert.That(Weights(tiny), Is.EqualTo(before));
        Assert.That(tiny.State.Optimizer.States.SelectMany(state => state.Values.Span.ToArray()), Is.All.Zero);
        Assert.That((tiny.State.Step, tiny.State.Optimizer.Steps, tiny.State.Average!.State.Count),
            Is.EqualTo((1, 0, 0)));
        Assert.That(tiny.State.LossScale!.State, Is.EqualTo(new LossScaleState(TooLarge / 2, 0, 1)));
    }

    [Test]
    public void Steps_after_an_overflow_go_on_with_the_next_examples_and_the_optimizers_own_count()
    {
        using TinyTraining tiny = Scaled(TooLarge);
        using Trainer trainer = tiny.Trainer(tiny.Options(4));
        int skipped = 0;
        while (trainer.Step().IsSkipped)
        {
            skipped++;
        }

        // One step of AdamW with the examples of that step: bias correction counts from the first update.
        using TinyTraining other = new();
        BeWrong(other);
        float[] expected = StepAt(other, skipped);

        Assert.That(skipped, Is.InRange(1, 20));
        Assert.That((tiny.State.Step, tiny.State.Optimizer.Steps), Is.EqualTo((skipped + 1, 1)));
        Assert.That(Weights(tiny), Is.EqualTo(expected));
    }

    [Test]
    public void The_second_pass_of_SAM_overflows_as_the_first_does_and_puts_the_weights_back()
    {
        using TinyTraining tiny = Scaled(TooLarge);
        using SharpnessAwareGradients gradients = new(
            tiny.Batches(tiny.Options(4)), tiny.Updates.CreateAscent(tiny.State.Layout, 0.05, eta: null), tiny.State);
        using Trainer trainer = tiny.Trainer(tiny.Options(4), gradients);
        float[] before = Weights(tiny);

        StepReport report = trainer.Step();

        Assert.That(report.IsSkipped);
        Assert.That(Weights(tiny), Is.EqualTo(before));
    }

    [Test]
    public void Gradients_that_no_scale_makes_finite_end_training_with_the_scale_and_what_to_take()
    {
        using TinyTraining tiny = Scaled(LossScale.Least);
        using Trainer trainer = tiny.Trainer(tiny.Options(4));
        tiny.State.Parameters.Span[(int)tiny.Graph.Layout.OffsetOf(tiny.Graph.Layout.Views[^1])] = float.NaN;

        Assert.That(() => trainer.Step(), Throws.InstanceOf<RunException>()
            .With.Message.Contains("Step 1").And.Message.Contains("scaled by 0.000122 for fp16")
            .And.Message.Contains("Take bf16 or tf32"));
        Assert.That(tiny.State.Step, Is.Zero);
    }

    private static TinyTraining Scaled(float value)
    {
        LossScale scale = new();
        scale.Restore(new LossScaleState(value, 0, 0));
        TinyTraining tiny = new(rule: new EqualShares(), scale: scale);
        BeWrong(tiny);
        return tiny;
    }

    /// <summary>Makes the model sure of the first class, whatever the example.</summary>
    private static void BeWrong(TinyTraining tiny) =>
        tiny.State.Parameters.Span[(int)tiny.Graph.Layout.OffsetOf(tiny.Graph.Layout.Views[^1])] = 9;

    private static StepReport[] Train(TinyTraining tiny, int accumulation, double? clip)
    {
        AveragingPlan plan = new() { TotalSteps = 8, StartFraction = 0.5 };
        using Trainer trainer = tiny.Trainer(tiny.Options(4, accumulation, clip), plan);
        return [.. Enumerable.Range(0, 8).Select(_ => trainer.Step())];
    }

    /// <summary>The weights after one step of the optimizer with the examples of a later step of the run.</summary>
    private static float[] StepAt(TinyTraining tiny, long step)
    {
        using GradientAccumulator gradients = tiny.Batches(tiny.Options(4));
        using Trainer trainer = tiny.Trainer(tiny.Options(4));
        gradients.Run(tiny.Examples, trainer.Order.ExamplesOf(step), step);
        tiny.State.Update(gradients.Values, nonZero: null, scale: 1, rate: 1e-3, averages: false);
        return Weights(tiny);
    }

    private static float[] Weights(TinyTraining tiny) => tiny.State.Parameters.Span.ToArray();

    private static void Repeat(int count, Action action)
    {
        for (int i = 0; i < count; i++)
        {
            action();
        }
    }
}
