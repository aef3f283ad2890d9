using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Runtime;

public sealed class LayerNormTests
{
    private const float Epsilon = 1e-5f;
    private static readonly long[] Key = [42, 77];

    private static readonly (int Rows, int Columns)[] Sizes =
        [(0, 16), (1, 1), (3, 15), (2, 16), (5, 17), (1, 1023), (64, 48), (65, 31), (200, 128)];

    [Test]
    public void Rows_are_normalised([ValueSource(nameof(Sizes))] (int Rows, int Columns) size)
    {
        (int n, int h) = size;
        float[] x = Reference.Random(1, n * h), gamma = Reference.Random(2, h), beta = Reference.Random(3, h);

        float[][] actual = new KernelRun("LayerNorm", ("epsilon", Epsilon))
            .With(x, n, h).With(gamma, h).With(beta, h).Outputs(3);

        var (y, mean, invstd) = Reference.LayerNorm([.. x], gamma, beta, n, h, Epsilon);
        Expect.Close(actual[0], y, 1e-6, "y");
        Expect.Close(actual[1], mean, 1e-6, "mean");
        Expect.Close(actual[2], invstd, 1e-6, "invstd");
    }

    [Test]
    public void A_large_mean_does_not_spoil_the_variance()
    {
        float[] x = [.. Reference.Random(1, 384).Select(v => v + 1000)];
        float[] ones = [.. x.Select(_ => 1f)];

        float[][] actual = new KernelRun("LayerNorm", ("epsilon", Epsilon))
            .With(x, 1, 384).With(ones, 384).With(new float[384], 384).Outputs(3);

        // The mean itself is a float near 1000, whose steps are 6e-5.
        var (y, _, invstd) = Reference.LayerNorm([.. x], ones, new float[384], 1, 384, Epsilon);
        Expect.Close(actual[0], y, 1e-4, "y");
        Expect.Close(actual[2], invstd, 1e-6, "invstd");
    }

    [Test]
    public void Gradients_are_those_of_the_jacobian([ValueSource(nameof(Sizes))] (int Rows, int Columns) size)
    {
        (int n, int h) = size;
        float[] dy = Reference.Random(4, n * h), x = Reference.Random(1, n * h), gamma = Reference.Random(2, h);
        float[] mean = Reference.Random(5, n, 0.1), invstd = [.. Reference.Random(6, n, 0.1).Select(v => 1 + v)];

        float[][] actual = new KernelRun("LayerNormGrad")
            .With(dy, n, h).With(x, n, h).With(gamma, h).With(mean, n).With(invstd, n).Outputs(3);

        var (dz, dgamma, dbeta) = Reference.LayerNormGrad(dy, x, gamma, mean, invstd, n, h);
        Expect.Close(actual[0], dz, 1e-6, "dx");
        Expect.Close(actual[1], dgamma, 1e-6, "dgamma");
        Expect.Close(actual[2], dbeta, 1e-6, "dbeta");
    }

    [Test]
    public void The_gradient_is_the_slope_of_the_reference()
    {
        const int N = 3, H = 20;
        float[] x = Reference.Random(1, N * H), gamma = Reference.Random(2, H), beta = Reference.Random(3, H);
        float[] dy = Reference.Random(4, N * H);
        float[][] forward = new KernelRun("LayerNorm", ("epsilon", Epsilon))
            .With(x, N, H).With(gamma, H).With(beta, H).Outputs(3);
        float[] dx = new KernelRun("LayerNormGrad").With(dy, N, H).With(x, N, H).With(gamma, H)
            .With(forward[1], N).With(forward[2], N).Outputs(3)[0];

        const double Step = 1e-5;
        double[] slope = [.. Enumerable.Range(0, N * H).Select(i => (Loss(i, Step) - Loss(i, -Step)) / (2 * Step))];
        Expect.Close(dx, slope, 1e-5, "dx");

        double Loss(int i, double step)
        {
            double[] moved = [.. x];
            moved[i] += step;
            return Reference.LayerNorm(moved, gamma, beta, N, H, Epsilon).Y.Zip(dy, (a, b) => a * b).Sum();
        }
    }

    [Test]
    public void Dropout_residual_and_norm_are_one_operator(
        [ValueSource(nameof(Sizes))] (int Rows, int Columns) size, [Values(0f, 0.1f)] float p)
    {
        (int n, int h) = size;
        float[] x = Reference.Random(1, n * h), residual = Reference.Random(7, n * h);
        float[] gamma = Reference.Random(2, h), beta = Reference.Random(3, h);

        float[][] actual = new KernelRun("DropoutAddLayerNorm", ("epsilon", Epsilon), ("p", p), ("site", 5))
            .With(x, n, h).With(residual, n, h).With(gamma, h).With(beta, h).With(Key, 2).Outputs(4);

        double[] z = [.. x.Select((v, i) => residual[i] + (v * Reference.DropoutFactor(p, 5, Key, (uint)i)))];
        var (y, mean, invstd) = Reference.LayerNorm(z, gamma, beta, n, h, Epsilon);
        Expect.Close(actual[0], y, 1e-6, "y");
        Expect.Close(actual[1], z, 1e-6, "z");
        Expect.Close(actual[2], mean, 1e-6, "mean");
        Expect.Close(actual[3], invstd, 1e-6, "invstd");
    }

    [Test]
    public void Its_gradients_pass_through_the_same_mask(
        [ValueSource(nameof(Sizes))] (int Rows, int Columns) size, [Values(0f, 0.1f)] float p)
    {
        (int n, int h) = size;
        float[] dy = Reference.Random(4, n * h), z = Reference.Random(1, n * h), gamma = Reference.Random(2, h);
        float[] mean = Reference.Random(5, n, 0.1), invstd = [.. Reference.Random(6, n, 0.1).Select(v => 1 + v)];

        float[][] actual = new KernelRun("DropoutAddLayerNormGrad", ("p", p), ("site", 5))
            .With(dy, n, h).With(z, n, h).With(gamma, h).With(mean, n).With(invstd, n).With(Key, 2).Outputs(4);

        var (dz, dgamma, dbeta) = Reference.LayerNormGrad(dy, z, gamma, mean, invstd, n, h);
        double[] dx = [.. dz.Select((v, i) => v * Reference.DropoutFactor(p, 5, Key, (uint)i))];
        Expect.Close(actual[0], dx, 1e-6, "dx");
        Expect.Close(actual[1], dz, 1e-6, "dresidual");
        Expect.Close(actual[2], dgamma, 1e-6, "dgamma");
        Expect.Close(actual[3], dbeta, 1e-6, "dbeta");
    }

    [Test]
    public void One_and_two_threads_give_the_same_bits()
    {
        const int N = 1000, H = 50;
        float[] a = Reference.Random(1, N * H), b = Reference.Random(2, N * H), gamma = Reference.Random(3, H);
        float[] mean = Reference.Random(5, N), invstd = Reference.Random(6, N);

        Expect.SameBits(
            new KernelRun("DropoutAddLayerNorm", ("epsilon", Epsilon), ("p", 0.1f), ("site", 5))
                .With(a, N, H).With(b, N, H).With(gamma, H).With(gamma, H).With(Key, 2), 4);
        Expect.SameBits(
            new KernelRun("DropoutAddLayerNormGrad", ("p", 0.1f), ("site", 5))
                .With(a, N, H).With(b, N, H).With(gamma, H).With(mean, N).With(invstd, N).With(Key, 2), 4);
        Expect.SameBits(
            new KernelRun("LayerNormGrad").With(a, N, H).With(b, N, H).With(gamma, H).With(mean, N).With(invstd, N), 3);
    }

    [Test]
    public void Tensors_of_another_width_are_refused()
    {
        Assert.That(
            () => new KernelRun("LayerNorm", ("epsilon", Epsilon))
                .With(new float[6], 2, 3).With(new float[2], 2).With(new float[3], 3).Outputs(3),
            Expect.Refusal("LayerNorm: gamma has shape [2]; expected [3]"));
        Assert.That(
            () => new KernelRun("LayerNorm", ("epsilon", Epsilon))
                .With(new float[6], 6).With(new float[6], 6).With(new float[6], 6).Outputs(3),
            Expect.Refusal("x has shape [6]; expected two dimensions"));
        Assert.That(
            () => new KernelRun("LayerNormGrad").With(new float[6], 2, 3).With(new float[6], 2, 3).With(new float[3], 3)
                .With(new float[1], 1).With(new float[2], 2).Outputs(3),
            Expect.Refusal("mean has shape [1]; expected [2]"));
    }
}
