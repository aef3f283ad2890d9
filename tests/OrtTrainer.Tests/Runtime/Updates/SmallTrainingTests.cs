using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Updates;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Loss;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Tests.Runtime.Updates;

/// <summary>Schedule, loss, clipping, AdamW and average together, on a linear classifier of three clusters.</summary>
public class SmallTrainingTests
{
    private const int Inputs = 8;
    private const int Classes = 3;
    private const int Rows = 90;
    private const int Steps = 120;
    private static readonly WeightLayout Layout =
        WeightLayout.Pack([("weight", [Classes, Inputs], true), ("bias", [Classes], false)]);

    private static readonly int[] Labels = [.. Enumerable.Range(0, Rows).Select(i => i % Classes)];
    private static readonly double[] Features = MakeFeatures();

    [Test]
    public void Live_and_averaged_weights_both_learn_and_can_be_compared()
    {
        var run = new Run(threads: 2);
        run.Continue(Steps);
        var accuracy = ClassificationTask.Instance.DefaultMetric;
        var (live, averaged) = (Evaluate(run.Weights), Evaluate(run.Average.Buffer.Span.ToArray()));
        Assert.That(accuracy.Score(live), Is.GreaterThan(0.9));
        Assert.That(accuracy.Score(averaged), Is.GreaterThan(0.9));
        Assert.That(run.Average.State, Is.EqualTo(new AverageState(60, 61, 120)));
        var interval = new PairedBootstrap { Resamples = 100 }.Compare(accuracy, live, averaged, new Random(1).Next);
        Assert.That(interval.Difference, Is.InRange(interval.Lower, interval.Upper));
        run.Dispose();
    }

    [Test]
    public void A_run_taken_up_from_its_saved_state_ends_in_the_same_bits([Values(1, 59, 61, 100)] int interruption)
    {
        using var whole = new Run(threads: 1);
        whole.Continue(Steps);
        using var before = new Run(threads: 2);
        before.Continue(interruption);
        using var after = new Run(threads: 1);
        after.TakeUp(before);
        after.Continue(Steps - interruption);
        Assert.That(after.Weights, Is.EqualTo(whole.Weights));
        Assert.That(after.Average.Buffer.Span.ToArray(), Is.EqualTo(whole.Average.Buffer.Span.ToArray()));
        Assert.That(after.Average.State, Is.EqualTo(whole.Average.State));
    }

    private static double[] MakeFeatures()
    {
        var random = new Random(4);
        var features = new double[Rows * Inputs];
        for (var i = 0; i < features.Length; i++)
        {
            var center = i % Inputs == Labels[i / Inputs] ? 2.5 : 0;
            features[i] = center + (2 * random.NextDouble()) - 1;
        }

        return features;
    }

    private static double[] Logits(float[] weights)
    {
        var bias = Layout.Segments[1].Offset;
        var logits = new double[Rows * Classes];
        for (var i = 0; i < logits.Length; i++)
        {
            var (row, k) = (i / Classes, i % Classes);
            logits[i] = weights[bias + k];
            for (var j = 0; j < Inputs; j++)
            {
                logits[i] += weights[(k * Inputs) + j] * Features[(row * Inputs) + j];
            }
        }

        return logits;
    }

    private static float[] Gradients(float[] weights)
    {
        var byLogit = new double[Rows * Classes];
        SoftmaxCrossEntropy.Loss(Logits(weights), SoftTargets.SmoothedUniform(Labels, Classes, 0.1), byLogit);
        var bias = Layout.Segments[1].Offset;
        var gradients = new float[Layout.Length];
        for (var i = 0; i < byLogit.Length; i++)
        {
            var (row, k) = (i / Classes, i % Classes);
            gradients[bias + k] += (float)byLogit[i];
            for (var j = 0; j < Inputs; j++)
            {
                gradients[(k * Inputs) + j] += (float)(byLogit[i] * Features[(row * Inputs) + j]);
            }
        }

        return gradients;
    }

    private static ClassifiedExamples Evaluate(float[] weights) => new(Logits(weights), Labels, Classes);

    private sealed class Run : IDisposable
    {
        private readonly WeightBuffer _weights = new(Device.Default, Layout.Length);
        private readonly ChunkedLoop _loop;
        private readonly CpuAdamW _optimizer;
        private readonly GradientNorm _norm;
        private readonly LearningRateSchedule _schedule;
        private readonly AveragingPlan _plan = new() { TotalSteps = Steps };

        public Run(int threads)
        {
            _loop = new ChunkedLoop(threads);
            _optimizer = new CpuAdamW(Layout, new AdamWOptions(), _loop);
            _norm = new CpuGradientNorm(Layout, _loop);
            var before = new LinearSchedule(0.05, 5, Steps);
            _schedule = new SwaAnnealSchedule(before, _plan.StartStep, 0.02, 10, AnnealShape.Cosine);
        }

        public float[] Weights => _weights.ToArray();

        public WeightAverage Average { get; } = new(Device.Default, Layout, new EqualShares());

        public void Continue(int steps)
        {
            for (var end = _optimizer.Steps + steps; _optimizer.Steps < end;)
            {
                using WeightBuffer gradients = ArrayPasses.Buffer(Gradients(Weights));
                var clipping = GradientClipping.Coefficient(_norm.Measure(gradients), 0.5);
                var due = _plan.IsDue(_optimizer.Steps + 1);
                _optimizer.Step(new StepInputs
                {
                    Parameters = _weights,
                    Gradients = gradients,
                    LearningRate = _schedule.RateAt(_optimizer.Steps),
                    GradientScale = clipping,
                    NonZeroGradients = _norm.NonZero,
                    Average = due ? Average.Buffer : null,
                    AverageWeight = due ? Average.FusedShare!.Value : 0,
                });
                if (due)
                {
                    Average.Record(_optimizer.Steps);
                }
            }
        }

        public void TakeUp(Run saved)
        {
            _weights.CopyFrom(saved._weights);
            for (var i = 0; i < _optimizer.States.Count; i++)
            {
                saved._optimizer.States[i].Values.Span.CopyTo(_optimizer.States[i].Values.Span);
            }

            _optimizer.Restore(saved._optimizer.Steps);
            Average.Buffer.CopyFrom(saved.Average.Buffer);
            Average.Restore(saved.Average.State);
        }

        public void Dispose()
        {
            _weights.Dispose();
            _optimizer.Dispose();
            Average.Dispose();
            _loop.Dispose();
        }
    }
}
