using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Randomness;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Studies.Flatness;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Tests.Runs;
using OrtTrainer.Tests.Tasks;
using OrtTrainer.Training;

namespace OrtTrainer.Tests.Studies.Flatness;

/// <summary>
/// The loss of a real, if tiny, model: gradients and curvature against differences of the loss, and against the closed
/// form where there is one.
/// </summary>
[TestFixture("classification")]
[TestFixture("multi_label")]
[TestFixture("regression")]
public sealed class ModelSurfaceTests(string task)
{
    // Two batches of gradients.
    private const int Rows = 90;

    private TinyTask _task = null!;
    private ProbedRun _run = null!;
    private RunSummary _summary = null!;

    private WeightBuffer Weights => _run.Weights[0].Values;

    [OneTimeSetUp]
    public void Train()
    {
        _task = new TinyTask(ModelTask.Named(task), Rows);
        _summary = TinyTask.Run(_task.Options("run") with { MaxSteps = 8, Method = FineTuneMethod.FineTune });
        _run = ProbedRun.Open(_task.Output("run"), new FlatnessOptions { Threads = 1 });
    }

    [OneTimeTearDown]
    public void Remove()
    {
        _run.Dispose();
        _task.Dispose();
    }

    [Test]
    public void Opening_a_run_can_be_cancelled() =>
        Assert.That(
            () => ProbedRun.Open(_task.Output("run"), new FlatnessOptions(), new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());

    [Test]
    public void Loss_and_score_on_eval_are_those_of_the_run()
    {
        using ProbedRun eval = ProbedRun.Open(_task.Output("run"), new FlatnessOptions { Data = "eval", Threads = 1 });
        eval.Weights[0].Values.Span.CopyTo(eval.Surface.Point.Span);

        SurfaceValue value = eval.Surface.Measure();

        Assert.That(value.Loss, Is.EqualTo(_summary.EvalLive["loss"]).Within(1e-6));
        Assert.That(value.Score, Is.EqualTo(_summary.Live).Within(1e-9));
    }

    [Test]
    public void The_gradient_is_the_slope_of_the_loss()
    {
        using WeightBuffer gradient = Gradient();
        for (ulong seed = 1; seed <= 4; seed++)
        {
            using WeightBuffer direction = Direction(seed);
            double slope = (LossAt(direction, 0.02) - LossAt(direction, -0.02)) / 0.04;

            Assert.That(gradient.Device.Arithmetic.Dot(gradient, direction), Is.EqualTo(slope).Within(2e-4), $"{seed}");
        }
    }

    [Test]
    public void Nothing_is_random_in_it()
    {
        using WeightBuffer first = Gradient();
        using WeightBuffer second = Gradient();

        Assert.That(second.Span.SequenceEqual(first.Span), Is.True);
    }

    [Test]
    public void Curvature_is_the_second_difference_of_the_loss()
    {
        using HessianProduct hessian = new(_run.Surface, Weights);
        using WeightBuffer product = new(Device.Default, Weights.Length);
        using WeightBuffer direction = Gradient();
        direction.Device.Arithmetic.Normalize(direction);
        const double Step = 1.0 / 32;

        hessian.Multiply(direction, 1.0 / 256, product, default);

        double bend = LossAt(direction, Step) - (2 * LossAt(direction, 0)) + LossAt(direction, -Step);
        double expected = bend / (Step * Step);
        double curvature = product.Device.Arithmetic.Dot(product, direction);
        Assert.That(curvature, Is.EqualTo(expected).Within(0.02 * Math.Abs(expected) + 2e-3));
    }

    [Test]
    public void The_hessian_is_symmetric()
    {
        using HessianProduct hessian = new(_run.Surface, Weights);
        using WeightBuffer u = Direction(11);
        using WeightBuffer v = Gradient();
        v.Device.Arithmetic.Normalize(v);
        using WeightBuffer product = new(Device.Default, Weights.Length);

        hessian.Multiply(u, 1.0 / 64, product, default);
        double vHu = v.Device.Arithmetic.Dot(v, product);
        hessian.Multiply(v, 1.0 / 256, product, default);
        double uHv = u.Device.Arithmetic.Dot(u, product);

        Assert.That(vHu, Is.EqualTo(uHv).Within(5e-3 * product.Device.Arithmetic.Norm(product)));
    }

    [Test]
    public void Curvature_along_the_last_bias_has_its_closed_form()
    {
        ParameterSpec bias = _run.Layout.Parameters.Single(p => p.Name == "classifier.bias");
        int outputs = (int)bias.Length;
        double[] v = outputs == 1 ? [1] : [2.0 / 3, -1.0 / 3, 2.0 / 3];
        using WeightBuffer direction = new(Device.Default, Weights.Length);
        for (int k = 0; k < outputs; k++)
        {
            direction.Span[(int)_run.Layout.OffsetOf(bias) + k] = (float)v[k];
        }

        using HessianProduct hessian = new(_run.Surface, Weights);
        using WeightBuffer product = new(Device.Default, Weights.Length);
        hessian.Multiply(direction, 1.0 / 64, product, default);

        Assert.That(direction.Device.Arithmetic.Dot(direction, product), Is.EqualTo(BiasCurvature(v)).Within(2e-4));
    }

    [Test]
    public void The_top_eigenvalue_is_a_curvature_and_no_direction_tried_has_a_larger_one()
    {
        using HessianProduct hessian = new(_run.Surface, Weights);
        using WeightBuffer vector = Gradient();
        using WeightBuffer product = new(Device.Default, Weights.Length);

        TopEigenvalue top = new PowerIteration(200, 1e-5, 1).Run(hessian, vector);

        hessian.Multiply(vector, top.Difference.Step, product, default);
        Assert.That(vector.Device.Arithmetic.Dot(vector, product), Is.EqualTo(top.Value).Within(0.01 * top.Value));
        Assert.That(top.Residual, Is.LessThan(0.1));
        for (ulong seed = 1; seed <= 8; seed++)
        {
            using WeightBuffer direction = seed == 1 ? Gradient() : Direction(seed);
            direction.Device.Arithmetic.Normalize(direction);
            hessian.Multiply(direction, 1.0 / 256, product, default);
            Assert.That(direction.Device.Arithmetic.Dot(direction, product), Is.LessThan(1.01 * top.Value), $"{seed}");
        }
    }

    /// <summary>
    /// vᵀHv of the bias alone: the mean over the examples of the variance of v under the predicted distribution; p (1 -
    /// p) for each label; 2 for a squared error.
    /// </summary>
    private double BiasCurvature(double[] v)
    {
        int outputs = v.Length;
        using PretrainedModel model = PretrainedModel.Open(_task.Output("run"));
        using EvaluationSession session = new(
            PackedGraph.Evaluation(model.Architecture, new SequenceHead(outputs)), new() { IntraOpThreads = 1 });
        float[] logits = session.Logits(Weights, _run.Examples.Inputs, outputs);
        double sum = 0;
        foreach (float[] row in logits.Chunk(outputs))
        {
            double[] odds = [.. row.Select(z => Math.Exp(z))];
            sum += task switch
            {
                "classification" => odds.Select((o, k) => o * v[k] * v[k]).Sum() / odds.Sum()
                    - Math.Pow(odds.Select((o, k) => o * v[k]).Sum() / odds.Sum(), 2),
                "multi_label" => odds.Select((o, k) => v[k] * v[k] * o / (1 + o) / (1 + o)).Average(),
                _ => 2 * v[0] * v[0],
            };
        }

        return sum / _run.Examples.Inputs.Count;
    }

    private double LossAt(WeightBuffer direction, double distance)
    {
        Weights.Device.Arithmetic.Move(Weights, distance, direction, _run.Surface.Point);
        return _run.Surface.Measure().Loss;
    }

    private WeightBuffer Gradient()
    {
        WeightBuffer gradient = new(Device.Default, Weights.Length);
        Weights.Span.CopyTo(_run.Surface.Point.Span);
        _run.Surface.Differentiate(gradient);
        return gradient;
    }

    private WeightBuffer Direction(ulong seed)
    {
        WeightBuffer direction = new(Device.Default, Weights.Length);
        SeededRandom random = new(seed);
        foreach (ref float value in direction.Span)
        {
            value = (float)random.NextGaussian();
        }

        direction.Device.Arithmetic.Normalize(direction);
        return direction;
    }
}
