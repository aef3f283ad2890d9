using OrtTrainer.Graph;
using OrtTrainer.Graph.Operators.Fused;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Tests.Runtime.Products;

namespace OrtTrainer.Tests.Runtime.Kernels;

/// <summary>The layer of logits and their cross-entropy in one kernel, against float64.</summary>
public sealed class LinearCrossEntropyTests
{
    private const float Scale = 0.7f, Label = 0.8f, All = 0.01f;

    [Test]
    public void Loss_and_gradients_of_one_block(
        [ProcessorPrecisions] Precision precision, [Values] bool hasBias, [Values(0, 1, 11, 12, 13, 97)] int rows)
    {
        foreach ((int width, int classes) in new[] { (1, 1), (5, 31), (32, 33), (33, 513) })
        {
            Check(precision, hasBias, rows, width, classes);
        }
    }

    // 128 MB of logits are 83 rows of this, of which a block takes 48.
    [Test]
    public void Loss_and_gradients_of_several_blocks(
        [ProcessorPrecisions] Precision precision, [Values] bool hasBias) =>
        Check(precision, hasBias, 60, 3, 400_001);

    [Test]
    public void A_frozen_layer_gives_the_same_loss_and_gradient_of_x(
        [ProcessorPrecisions] Precision precision, [Values] bool hasBias, [Values(0, 13, 60)] int rows)
    {
        Precisions.RequireLinear(precision);
        int classes = rows == 60 ? 400_001 : 31;
        float[][] whole = Run(precision, hasBias, rows, 5, classes).Run.Outputs(hasBias ? 4 : 3);

        float[][] frozen = Run(precision, hasBias, rows, 5, classes, isFrozen: true).Run.Outputs(2);

        Assert.That(frozen, Is.EqualTo(whole[..2]));
    }

    [Test]
    public void Blocks_have_all_rows_once_and_fit_their_room(
        [Values(0, 1, 47, 48, 49, 1023, 100_000)] int rows, [Values(1, 2, 50_257, 256_000, 20_000_000)] int columns)
    {
        LogitBlocks blocks = new(rows, columns);
        int next = 0;
        for (int block = 0; block < blocks.Count; block++)
        {
            (int first, int count) = blocks.Range(block);
            Assert.That(first, Is.EqualTo(next));
            Assert.That(first % LogitBlocks.RowMultiple, Is.Zero);
            Assert.That(count, Is.InRange(1, blocks.Rows));
            next += count;
        }

        Assert.That(next, Is.EqualTo(rows));
        Assert.That((long)blocks.Rows * columns, Is.LessThanOrEqualTo(
            Math.Max(FusedOperations.LogitsAtOnce, (long)LogitBlocks.RowMultiple * columns)));
    }

    [Test]
    public void The_bits_do_not_depend_on_threads_where_there_are_several_blocks(
        [ProcessorPrecisions] Precision precision)
    {
        Precisions.RequireLinear(precision);
        KernelRun run = Run(precision, true, 60, 3, 400_001).Run;
        float[][] one = run.Outputs(4, 1);

        Assert.That(run.Outputs(4, 2).Zip(one).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)));
        Assert.That(run.Outputs(4, 3).Zip(one).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)));
    }

    private static (KernelRun Run, float[] X, float[] W, float[] B, long[] Ids, float[] Weights) Run(
        Precision precision, bool hasBias, int rows, int width, int classes, bool isFrozen = false)
    {
        float[] x = Reference.Random(1, rows * width), w = Reference.Random(2, classes * width);
        float[] b = hasBias ? Reference.Random(3, classes) : [], weights = Reference.Random(4, rows);
        long[] ids = [.. Enumerable.Range(0, rows).Select(t => (long)t * t * 7919 % classes)];
        KernelRun run = new KernelRun(LinearCrossEntropy.Name(hasBias, isFrozen) + Operands.Suffix(precision))
            .With(x, rows, width).With(w, classes, width);
        if (hasBias)
        {
            run.With(b, classes);
        }

        run.With(ids, rows, 1).With(weights, rows).With([Scale]).With([Label]).With([All]);
        return (run, x, w, b, ids, weights);
    }

    private static void Check(Precision precision, bool hasBias, int rows, int width, int classes)
    {
        Precisions.RequireLinear(precision);
        var (run, x, w, b, ids, weights) = Run(precision, hasBias, rows, width, classes);
        double Rounded(double v) => precision == Precision.Fp32 ? v : BFloat16Reference.Nearest((float)v);
        double[] left = [.. x.Select(v => Rounded(v))], right = [.. w.Select(v => Rounded(v))];
        double loss = 0, lossSize = 0;
        double[] dx = new double[x.Length], dw = new double[w.Length], db = new double[classes];
        double[] dxSize = new double[x.Length], dwSize = new double[w.Length], dbSize = new double[classes];
        double[] z = new double[classes];
        for (int row = 0; row < rows; row++)
        {
            for (int k = 0; k < classes; k++)
            {
                z[k] = hasBias ? b[k] : 0;
                for (int h = 0; h < width; h++)
                {
                    z[k] += left[(row * width) + h] * right[(k * width) + h];
                }

                z[k] *= Scale;
            }

            double top = z.Max(), logarithm = top + Math.Log(z.Sum(v => Math.Exp(v - top)));
            double others = z.Sum(v => logarithm - v), own = logarithm - z[ids[row]];
            loss += weights[row] * ((Label * own) + (All * others));
            lossSize += Math.Abs(weights[row] * ((Label * own) + (All * others)));
            double mass = Label + ((double)All * classes);
            for (int k = 0; k < classes; k++)
            {
                double target = All + (k == ids[row] ? Label : 0), p = Math.Exp(z[k] - logarithm);
                double exact = weights[row] * Scale * ((mass * p) - target), dz = Rounded(exact);
                double size = Math.Abs(weights[row]) * Scale * ((mass * p) + target);
                db[k] += exact;
                dbSize[k] += size;
                for (int h = 0; h < width; h++)
                {
                    (int i, int j) = ((row * width) + h, (k * width) + h);
                    dx[i] += dz * right[j];
                    dxSize[i] += size * Math.Abs(right[j]);
                    dw[j] += dz * left[i];
                    dwSize[j] += size * Math.Abs(left[i]);
                }
            }
        }

        float[][] outputs = run.Outputs(hasBias ? 4 : 3);
        string what = $"[{rows}, {width}] by {classes}";

        // A gradient near the middle of two bfloat16 may be rounded to the other.
        double tolerance = precision == Precision.Fp32 ? 4e-6 : 1.0 / 256;
        Close(outputs[0], [loss], [lossSize], 2e-6, "loss of " + what);
        Close(outputs[1], dx, dxSize, tolerance, "dx of " + what);
        Close(outputs[2], dw, dwSize, tolerance, "dw of " + what);
        if (hasBias)
        {
            Close(outputs[3], db, dbSize, 4e-6, "db of " + what);
        }
    }

    private static void Close(float[] actual, double[] expected, double[] sizes, double tolerance, string what)
    {
        Assert.That(actual, Has.Length.EqualTo(expected.Length), what);
        for (int i = 0; i < actual.Length; i++)
        {
            if (!(Math.Abs(actual[i] - expected[i]) <= tolerance * sizes[i]))
            {
                Assert.Fail($"{what}: element {i} is {actual[i]}; expected {expected[i]} of {sizes[i]}.");
            }
        }
    }
}
