using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tests.Models;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Tests.Runs;

/// <summary>
/// The averaged weights of whole runs against averages taken independently, from the weights of every step.
/// </summary>
public sealed class RunAveragingTests
{
    [TestCase(SwaRate.Constant, 0.5, 1, 20)]
    [TestCase(SwaRate.Constant, 0.25, 3, 10)]
    [TestCase(SwaRate.Cyclical, 0.5, 4, 5)]
    [TestCase(SwaRate.Anneal, 0.5, 2, 10)]
    public void SWA_is_the_mean_of_the_weights_that_were_due(SwaRate rate, double start, int interval, int count)
    {
        using TinyTask tiny = new();
        Dictionary<long, float[]> weights = [];

        RunSummary summary = Recorded(
            tiny, With(tiny, new Swa { Rate = rate, Start = start, Interval = interval }), weights);

        long first = (long)(start * 40);
        float[][] due = [.. weights.Where(w => w.Key > first && (w.Key - first) % interval == 0).Select(w => w.Value)];
        double[] mean = [.. Enumerable.Range(0, due[0].Length).Select(i => due.Average(w => (double)w[i]))];
        Assert.That(due, Has.Length.EqualTo(count));
        Assert.That(summary.NAveraged, Is.EqualTo(count));
        AssertAveraged(tiny, mean, within: 1e-6);
    }

    [Test]
    public void EMA_is_the_decaying_mean_of_all_steps()
    {
        using TinyTask tiny = new();
        Dictionary<long, float[]> weights = [];

        Recorded(tiny, With(tiny, new Ema { Decay = 0.9 }), weights);

        double[] average = [.. weights[1].Select(w => (double)w)];
        for (long step = 2; step <= 40; step++)
        {
            average = [.. average.Zip(weights[step], (a, w) => a + (0.1 * (w - a)))];
        }

        AssertAveraged(tiny, average, within: 1e-5);
    }

    [TestCase(3, 4, new[] { 32, 36, 40 })]
    [TestCase(20, 7, new[] { 7, 14, 21, 28, 35 })]
    public void LAWA_is_the_mean_of_the_latest_weights_that_were_due(int window, int interval, int[] due)
    {
        using TinyTask tiny = new();
        Dictionary<long, float[]> weights = [];

        RunSummary summary = Recorded(tiny, With(tiny, new Lawa { Window = window, Interval = interval }), weights);

        AssertAveraged(tiny, Mean(due.Select(step => weights[step])), within: 1e-6);
        Assert.That(summary.NAveraged, Is.EqualTo(due.Length));
        FineTuneOptions options = FineTuneOptions.Read(RunFolder.OptionsFileOf(tiny.Output("out")));
        AveragedSteps steps =
            options.Method.Averaging!.StepsOf(new AverageState(40 / interval, interval, due[^1]));
        Assert.That(new[] { steps.First, steps.Last, steps.Count }, Is.EqualTo(new[] { due[0], due[^1], due.Length }));
    }

    [Test]
    public void SWAG_is_mean_and_variance_of_the_weights_that_were_due()
    {
        using TinyTask tiny = new();
        Dictionary<long, float[]> weights = [];

        RunSummary summary = Recorded(
            tiny, With(tiny, new Swag { Interval = 4 }), weights);

        float[][] due = [.. new[] { 24, 28, 32, 36, 40 }.Select(step => weights[step])];
        double[] mean = Mean(due);
        double[] variance = Mean(due.Select(w => w.Zip(mean, (x, m) => (float)Math.Pow(x - m, 2)).ToArray()));
        AssertAveraged(tiny, mean, within: 1e-6);
        AssertAveraged(tiny, variance, within: 1e-7, "variance");
        Assert.That(variance.Max(), Is.GreaterThan(1e-5));
        Assert.That(summary.EvalSampled!.Keys, Is.EquivalentTo(summary.EvalLive.Keys));
        Assert.That(summary.Sampled, Is.EqualTo(summary.EvalSampled["accuracy"]));
    }

    [Test]
    public void SWAG_without_spread_is_its_mean()
    {
        using TinyTask tiny = new();

        RunSummary summary = TinyTask.Run(
            With(tiny, new Swag { Scale = 0, Samples = 2 }));

        Assert.That(summary.EvalSampled!["loss"], Is.EqualTo(summary.EvalAveraged!["loss"]).Within(1e-5));
        Assert.That(summary.TestSampled, Is.EqualTo(summary.TestAveraged));
    }

    [Test]
    public void Averages_with_a_cyclical_rate_are_taken_where_it_is_lowest()
    {
        using TinyTask tiny = new();
        FineTuneOptions options =
            With(tiny, new Swa { Rate = SwaRate.Cyclical, Interval = 5, LearningRate = 1e-4 });

        TinyTask.Run(options);

        JsonObject[] steps = [.. RunLines.Of(tiny, "out").Where(line => line.ContainsKey("loss"))];
        Assert.That(
            steps.Where(s => (double)s["learning_rate"]! < 1.0001e-4 && (int)s["step"]! > 3)
                .Select(s => (int)s["step"]!),
            Is.EqualTo(new[] { 25, 30, 35, 40 }));
    }

    [Test]
    public void A_plan_that_averages_nothing_is_refused_before_training()
    {
        using TinyTask tiny = new();

        Assert.That(() => TinyTask.Run(With(tiny, new Swa { Interval = 21 })), Throws.TypeOf<RunException>()
            .With.Message.Contains("an interval of 21").And.Message.Contains("40 steps"));
        Assert.That(tiny.Output("out"), Does.Not.Exist);
    }

    private static FineTuneOptions With(TinyTask tiny, MethodPart average) =>
        tiny.Options("out") with { Method = FineTuneMethod.Of(average) };

    private static double[] Mean(IEnumerable<float[]> weights)
    {
        float[][] all = [.. weights];
        return [.. Enumerable.Range(0, all[0].Length).Select(i => all.Average(w => (double)w[i]))];
    }

    private static RunSummary Recorded(TinyTask tiny, FineTuneOptions options, Dictionary<long, float[]> weights)
    {
        EventList events = new(e =>
        {
            if (e is RunEvent.Saved saved)
            {
                weights[saved.Step] = Checkpointed(tiny.Output("out"));
            }
        });
        RunSummary summary = TinyTask.Run(options with { CheckpointSeconds = 0 }, events);
        Assert.That(weights.Keys, Is.EquivalentTo(Enumerable.Range(1, 40)));
        return summary;
    }

    private static float[] Checkpointed(string output)
    {
        using RunCheckpointFile file = RunCheckpointFile.Read(Path.Combine(output, "run", "checkpoint.safetensors"));
        Assert.That(file.Tensors.TryGet("parameters", out TensorInfo info));
        float[] values = new float[info.ElementCount];
        file.Tensors.ReadFloats("parameters", values);
        return values;
    }

    private static void AssertAveraged(
        TinyTask tiny, double[] expected, double within, string name = "averaged")
    {
        ParameterLayout layout = TinyBert.Layout(tiny.Model, 3);
        using SafetensorsFile file =
            SafetensorsFile.OpenFile(Path.Combine(tiny.Output("out"), "run", name + ".safetensors"));
        foreach (ParameterSpec parameter in layout.Parameters)
        {
            float[] values = new float[parameter.Length];
            file.ReadFloats(parameter.Name, values);
            int offset = (int)layout.OffsetOf(parameter);
            Assert.That(values, Is.EqualTo(expected[offset..(offset + values.Length)]).Within(within), parameter.Name);
        }
    }
}
