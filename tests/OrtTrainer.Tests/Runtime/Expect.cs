using NUnit.Framework.Constraints;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Runtime;

/// <summary>Comparison of float32 results with their values in double precision.</summary>
internal static class Expect
{
    /// <summary>
    /// Each element within <paramref name="tolerance"/> times the largest expected magnitude, or 1 where that is
    /// less.
    /// </summary>
    public static void Close(float[] actual, double[] expected, double tolerance, string what)
    {
        Assert.That(actual, Has.Length.EqualTo(expected.Length), what);
        double scale = Math.Max(1, expected.Length == 0 ? 0 : expected.Max(Math.Abs));
        for (int i = 0; i < actual.Length; i++)
        {
            // A comparison that is false for NaN, where the difference of NaN would pass as not greater.
            if (!(Math.Abs(actual[i] - expected[i]) <= tolerance * scale))
            {
                Assert.Fail($"{what}[{i}] is {actual[i]}; expected {expected[i]} within {tolerance * scale}.");
            }
        }
    }

    /// <summary>The same for each of several outputs.</summary>
    public static void Close(float[][] actual, double[][] expected, double tolerance, string what)
    {
        Assert.That(actual, Has.Length.EqualTo(expected.Length), what);
        for (int i = 0; i < actual.Length; i++)
        {
            Close(actual[i], expected[i], tolerance, $"{what}, output {i}");
        }
    }

    /// <summary>A failure of the run, or of loading its model, that says this.</summary>
    public static IResolveConstraint Refusal(string message) =>
        Throws.TypeOf<RuntimeFailureException>().With.Message.Contains(message);

    /// <summary>The operator gives the same bits on one thread, on two, and again on two.</summary>
    public static void SameBits(KernelRun run, int outputs)
    {
        float[][] one = run.Outputs(outputs, 1), two = run.Outputs(outputs, 2), again = run.Outputs(outputs, 2);
        for (int i = 0; i < outputs; i++)
        {
            Assert.That(two[i].AsSpan().SequenceEqual(one[i]), $"output {i} on one and two threads");
            Assert.That(again[i].AsSpan().SequenceEqual(two[i]), $"output {i} in two runs");
        }
    }
}
