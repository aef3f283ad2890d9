using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Tests.Options;

/// <summary>Step rules, further averages, mixout and layer-wise rates: ranges, defaults and what goes
/// together.</summary>
public sealed class BaselineOptionsTests
{
    private static readonly FineTuneOptions Plain = new()
    {
        Model = "m", Output = "o", Data = new DataOptions { Train = "t.tsv" }, Method = FineTuneMethod.FineTune,
    };

    [TestCase("sam+swa", null, typeof(Sam), typeof(Swa))]
    [TestCase("SWAG+asam+focal", typeof(Focal), typeof(Asam), typeof(Swag))]
    [TestCase("lawa", null, null, typeof(Lawa))]
    [TestCase("lookahead", null, typeof(Lookahead), null)]
    public void A_method_has_a_step_rule_among_its_parts(
        string text, Type? loss, Type? step, Type? average)
    {
        FineTuneMethod method = FineTuneMethod.Parse(text);

        Assert.That((method.Loss?.GetType(), method.Step?.GetType(), method.Average?.GetType()),
            Is.EqualTo((loss, step, average)));
        Assert.That(FineTuneMethod.Parse(method.ToString()), Is.EqualTo(method));
    }

    [Test]
    public void Parts_are_written_objective_first_and_average_last() => Assert.That(
        FineTuneMethod.Parse("swa+asam+tf-reg").ToString(), Is.EqualTo("tf-reg+asam+swa"));

    [Test]
    public void Two_step_rules_exclude_each_other() => Assert.That(
        () => FineTuneMethod.Parse("sam+lookahead"), Throws.ArgumentException.With.Message.EqualTo(
            "sam and lookahead exclude each other: both say how a step is taken. Choose one."));

    [TestCase("swag", 1e-4, ScheduleKind.ConstantWithWarmup, 1)]
    [TestCase("swa", 1e-4, ScheduleKind.ConstantWithWarmup, 1)]
    [TestCase("lawa", 5e-5, ScheduleKind.Linear, 10)]
    [TestCase("lookahead", 5e-5, ScheduleKind.Linear, 5)]
    [TestCase("ema", 5e-5, ScheduleKind.Linear, 1)]
    public void Rate_schedule_and_interval_follow_the_average(
        string method, double rate, ScheduleKind schedule, long interval)
    {
        FineTuneOptions options = Plain with { Method = FineTuneMethod.Parse(method) };

        Assert.That(
            (options.EffectiveLearningRate, options.EffectiveSchedule, options.Method.Averaging!.Interval),
            Is.EqualTo((rate, schedule, interval)));
    }

    [Test]
    public void Settings_out_of_range_are_refused_by_name()
    {
        static void Refuses(Action make, string message) => Assert.That(
            make, Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.StartsWith(message));

        Refuses(() => _ = new Sam { Rho = 0 }, "Rho is 0; expected above 0.");
        Refuses(() => _ = new Asam { Rho = -1 }, "Rho is -1; expected above 0.");
        Refuses(() => _ = new Asam { Eta = -0.1 }, "Eta is -0.1; expected 0 or more.");
        Refuses(() => _ = new Lookahead { Period = 0 }, "Period is 0; expected 1 or more.");
        Refuses(() => _ = new Lookahead { Share = 1.5 }, "Share is 1.5; expected from 0 to 1.");
        Refuses(() => _ = new Lawa { Window = 0 }, "Window is 0; expected 1 or more.");
        Refuses(() => _ = new Lawa { Interval = 0 }, "Interval is 0; expected 1 or more.");
        Refuses(() => _ = new Swag { Samples = 0 }, "Samples is 0; expected 1 or more.");
        Refuses(() => _ = new Swag { Scale = -1 }, "Scale is -1; expected 0 or more.");
        Refuses(() => _ = Plain with { Mixout = 1 }, "Mixout is 1; expected from 0 to below 1.");
        Refuses(() => _ = Plain with { LayerDecay = 0 }, "LayerDecay is 0; expected above 0.");
        Refuses(() => _ = Plain with { LayerDecay = 1.1 }, "LayerDecay is 1.1; expected from 0 to 1.");
    }

    [TestCase("lookahead+swa")]
    [TestCase("lookahead+ema")]
    [TestCase("lookahead+lawa")]
    [TestCase("lookahead+swag")]
    public void Lookahead_goes_with_no_other_average(string method) => Refused(
        Plain with { Method = FineTuneMethod.Parse(method) }, "Lookahead's slow weights are an average already");

    [Test]
    public void What_needs_a_pre_trained_model_is_refused_from_scratch()
    {
        Refused(Plain with { FromScratch = true, Mixout = 0.1 }, "Mixout mixes weights with their pre-trained values");
        Refused(Plain with { FromScratch = true, LayerDecay = 0.9 }, "LayerDecay spares lower layers");
    }

    [Test]
    public void Annealing_refuses_averages_of_what_has_not_seen_labels()
    {
        FineTuneOptions options = Plain with { Teacher = new() { Model = "t" } };

        Refused(options with { Method = FineTuneMethod.Of(new AnnealingDistillation(), new Lookahead()) },
            "lookahead averages from 0 of the steps on, but the labels count only after 0.5 of them");
        Refused(options with { Method = FineTuneMethod.Of(new AnnealingDistillation(), new Swag { Start = 0.2 }) },
            "swag averages from 0.2 of the steps on");
        Assert.That((options with { Method = FineTuneMethod.Parse("annealing-distillation+lawa") }).Resolve,
            Throws.Nothing, "in the end it holds the latest weights alone");
    }

    [Test]
    public void A_cyclical_rate_needs_cycles_with_SWAG_too() => Refused(
        Plain with { Method = FineTuneMethod.Of(new Swag { Rate = SwaRate.Cyclical }) },
        "Interval is 1, the length of a cycle");

    [TestCase("sam+lawa")]
    [TestCase("r-drop+asam+swag")]
    [TestCase("label-smoothing+sam+ema")]
    [TestCase("focal+lookahead")]
    public void What_goes_together_is_not_refused(string method)
    {
        FineTuneOptions options = Plain with
        {
            Method = FineTuneMethod.Parse(method), Mixout = 0.5, LayerDecay = 0.9,
        };
        FineTuneOptions resolved = options.Resolve();

        Assert.That(resolved.Method.ToString(), Is.EqualTo(method));
    }

    [Test]
    public void Options_come_back_from_JSON()
    {
        FineTuneOptions options = Plain with
        {
            Method = FineTuneMethod.Of(new Asam { Rho = 1, Eta = 0.5 }, new Swag { Samples = 3, Scale = 1 }),
            Mixout = 0.7, LayerDecay = 0.8,
        };

        string json = JsonSerializer.Serialize(options, RunJson.Options);

        FineTuneOptions read = JsonSerializer.Deserialize<FineTuneOptions>(json, RunJson.Options)!;
        Assert.That(JsonSerializer.Serialize(read, RunJson.Options), Is.EqualTo(json));
        Assert.That((read.Method, read.Mixout, read.LayerDecay), Is.EqualTo((options.Method, 0.7, 0.8)));
    }

    [Test]
    public void A_run_too_short_for_its_interval_is_refused_before_training() => Assert.That(
        () => FineTuneMethod.Parse("lawa").Averaging!.PlanOf(totalSteps: 9),
        Throws.TypeOf<RunException>().With.Message.EqualTo("With a start at 0 of the run and an interval of 10, none " +
            "of its 9 steps would be averaged. Start earlier, take a shorter interval, or train longer."));

    private static void Refused(FineTuneOptions options, string message) => Assert.That(
        options.Resolve, Throws.ArgumentException.With.Message.Contains(message));
}
