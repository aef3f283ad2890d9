namespace OrtTrainer.Tests.Runtime.Kernels;

/// <summary>Cross-entropy in one pass against float64, from one class to a vocabulary, and far from zero.</summary>
public sealed class CrossEntropyTests
{
    [Test]
    public void Loss_and_gradient_against_soft_targets(
        [Values(1, 2, 15, 16, 17, 511, 512, 513, 30_522)] int classes, [Values(0.5f, 1f)] float scale)
    {
        foreach (float offset in new[] { 0f, 1000f, -1000f })
        {
            (float[] x, float[] targets, float[] dloss) = Rows(classes, offset);
            KernelRun run = new KernelRun("SoftmaxCrossEntropy").With(x, 3, classes).With(targets, 3, classes)
                .With([scale]);

            Check(run, "SoftmaxCrossEntropyGrad", x, dloss, scale, (row, k) => targets[(row * classes) + k]);
        }
    }

    [Test]
    public void Loss_and_gradient_against_smoothed_ids(
        [Values(1, 2, 15, 16, 17, 511, 512, 513, 30_522)] int classes, [Values(0f, 0.1f)] float smoothing)
    {
        foreach (float offset in new[] { 0f, 1000f })
        {
            (float[] x, _, float[] dloss) = Rows(classes, offset);
            long[] ids = [classes - 1, 0, classes / 2];
            float all = smoothing / classes, label = 1 - smoothing;
            KernelRun run = new KernelRun("IdCrossEntropy").With(x, 3, classes).With(ids, 3, 1).With([1f])
                .With([label]).With([all]);

            Check(run, "IdCrossEntropyGrad", x, dloss, 1, (row, k) => all + (ids[row] == k ? label : 0f));
        }
    }

    private static (float[] X, float[] Targets, float[] Dloss) Rows(int classes, float offset) => (
        [.. Reference.Random(1, 3 * classes, 3).Select(v => v + offset)],
        [.. Reference.Random(2, 3 * classes).Select(v => Math.Abs(v) / classes)],
        Reference.Random(3, 3));

    private static void Check(
        KernelRun run, string gradientOp, float[] x, float[] dloss, float scale, Func<int, int, float> target)
    {
        int classes = x.Length / 3;
        double[] loss = new double[3], dx = new double[x.Length];
        for (int row = 0; row < 3; row++)
        {
            double[] z = [.. x.AsSpan(row * classes, classes).ToArray().Select(v => (double)v * scale)];
            double top = z.Max(), logarithm = top + Math.Log(z.Sum(v => Math.Exp(v - top)));
            double mass = Enumerable.Range(0, classes).Sum(k => (double)target(row, k));
            for (int k = 0; k < classes; k++)
            {
                loss[row] += target(row, k) * (logarithm - z[k]);
                dx[(row * classes) + k] =
                    dloss[row] * scale * ((mass * Math.Exp(z[k] - logarithm)) - target(row, k));
            }
        }

        float[][] forward = run.Outputs(3);
        KernelRun gradient = new KernelRun(gradientOp).With(dloss, 3);
        foreach ((long[] shape, float[]? floats, long[]? int64s) in run.Inputs)
        {
            _ = floats is null ? gradient.With(int64s!, shape) : gradient.With(floats, shape);
        }

        Expect.Close(forward[0], loss, 3e-6, $"loss of {classes} classes");
        Expect.Close(gradient.With(forward[1], 3).With(forward[2], 3).Single(), dx, 1e-6, $"dx of {classes} classes");
    }
}
