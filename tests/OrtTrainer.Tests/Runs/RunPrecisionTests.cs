using OrtTrainer.Graph;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tests.Runtime.Products;

namespace OrtTrainer.Tests.Runs;

/// <summary>Runs whose products take operands of bfloat16.</summary>
public sealed class RunPrecisionTests
{
    private TinyTask _tiny = null!;

    [SetUp]
    public void MakeTask()
    {
        Precisions.Require(Precision.Bf16);
        _tiny = new TinyTask();
    }

    [TearDown]
    public void RemoveTask() => _tiny?.Dispose();

    [Test]
    public void One_two_and_three_threads_give_the_same_bits()
    {
        TinyTask.Run(Options("one"));
        foreach (int threads in new[] { 2, 3 })
        {
            string output = $"{threads} threads";
            TinyTask.Run(Options(output) with { Threads = threads });

            Assert.That(RunLines.Untimed(_tiny, output), Is.EqualTo(RunLines.Untimed(_tiny, "one")));
            AssertSameWeights(output, "one");
        }
    }

    [Test]
    public void An_interrupted_run_goes_on_to_the_same_bits()
    {
        TinyTask.Run(Options("whole"));

        TinyTask.RunInParts(Options("cut"), interruptedAt: 17);

        AssertSameWeights("cut", "whole");
    }

    [Test]
    public void Losses_are_near_those_of_float32()
    {
        double[] expected = Losses("float32", Precision.Fp32), actual = Losses("bfloat16", Precision.Bf16);

        Assert.That(actual, Has.Length.EqualTo(expected.Length).And.Length.GreaterThan(10));
        Assert.That(actual, Is.Not.EqualTo(expected), "operands are rounded");

        // At first the weights are the same, and logits of some units off by 2^-8 of themselves; then each step adds
        // its own.
        Assert.That(actual[0], Is.EqualTo(expected[0]).Within(0.01));
        for (int i = 0; i < actual.Length; i++)
        {
            Assert.That(actual[i], Is.EqualTo(expected[i]).Within(0.05), $"loss {i}");
        }
    }

    private FineTuneOptions Options(string output) => _tiny.Options(output) with
    {
        Precision = Precision.Bf16, Method = FineTuneMethod.Parse("ema"),
    };

    private double[] Losses(string output, Precision precision)
    {
        List<double> losses = [];
        TinyTask.Run(
            Options(output) with { Precision = precision, Dropout = 0 },
            new EventList(e =>
            {
                if (e is RunEvent.Stepped stepped)
                {
                    losses.Add(stepped.Report.Loss);
                }
            }));
        return [.. losses];
    }

    private void AssertSameWeights(string output, string expected)
    {
        foreach (string file in new[] { "last.safetensors", "averaged.safetensors" })
        {
            Assert.That(_tiny.RunFile(output, file), Is.EqualTo(_tiny.RunFile(expected, file)), file);
        }
    }
}
