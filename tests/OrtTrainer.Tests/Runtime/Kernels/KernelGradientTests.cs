namespace OrtTrainer.Tests.Runtime.Kernels;

/// <summary>
/// Forward and backward kernels against each other: the loss is Σ y · dy; its slope along a random direction, by
/// central differences of the forward kernel, is the product of that direction with the gradient kernel's result.
/// </summary>
public sealed class KernelGradientTests
{
    private static readonly KernelCase Size = new(21, 3, 11, 0.2f);

    // Outputs the forward pass must keep (mean and deviation, say) are no part of the loss.
    [TestCase("Gelu", "GeluGrad")]
    [TestCase("GeluTanh", "GeluTanhGrad")]
    public void An_activation(string forward, string gradient)
    {
        KernelRun run = Size.Run(forward);

        Check(run, 0, new KernelRun(gradient).With(Dy, Size.Rows, Size.Columns).With(X(run, 0), Size.Rows, Size.Columns)
            .Single());
    }

    [Test]
    public void A_linear_layer_in_all_its_inputs()
    {
        KernelRun run = Size.Run("Linear"), backward = Size.Run("LinearGrad");
        float[][] gradients = backward.Outputs(3);

        CheckAll(run, X(backward, 0), gradients);
    }

    [TestCase("FeedForwardGelu", "FeedForwardGeluGrad")]
    [TestCase("FeedForwardGeluTanh", "FeedForwardGeluTanhGrad")]
    public void Two_layers_and_what_is_between_them_in_all_inputs(string forward, string gradient)
    {
        KernelRun run = Size.Run(forward);
        float[] dy = Reference.Random(2, Size.Rows * Size.Wide);

        float[][] gradients = new KernelRun(gradient).With(dy, Size.Rows, Size.Wide)
            .With(X(run, 0), Size.Rows, Size.Columns).With(X(run, 1), KernelCase.Inner, Size.Columns)
            .With(X(run, 3), Size.Wide, KernelCase.Inner).With(run.Outputs(2)[1], Size.Rows, KernelCase.Inner)
            .Outputs(5);

        CheckAll(run, dy, gradients);
    }

    [TestCase("FeedForwardGluGelu")]
    [TestCase("FeedForwardGluGeluTanh")]
    [TestCase("FeedForwardGluSilu")]
    public void Two_layers_and_the_gate_between_them_in_all_inputs(string forward)
    {
        KernelRun run = Size.Run(forward);
        float[] dy = Reference.Random(2, Size.Rows * Size.Wide);

        float[][] gradients = new KernelRun(forward + "Grad").With(dy, Size.Rows, Size.Wide)
            .With(X(run, 0), Size.Rows, Size.Columns).With(X(run, 1), 2 * KernelCase.Inner, Size.Columns)
            .With(X(run, 2), Size.Wide, KernelCase.Inner).With(run.Outputs(2)[1], Size.Rows, 2 * KernelCase.Inner)
            .Outputs(3);

        CheckAll(run, dy, gradients);
    }

    [Test]
    public void Dropout_is_its_own_gradient()
    {
        KernelRun run = Size.Run("Dropout");

        Check(run, 0, new KernelRun("Dropout", ("p", Size.P), ("site", 9))
            .With(Dy, Size.Rows, Size.Columns).With(KernelCase.Key, 2).Single());
    }

    [Test]
    public void Layer_normalisation_in_all_its_inputs()
    {
        KernelRun run = Size.Run("LayerNorm");
        float[][] outputs = run.Outputs(3);

        float[][] gradients = new KernelRun("LayerNormGrad").With(Dy, Size.Rows, Size.Columns)
            .With(X(run, 0), Size.Rows, Size.Columns).With(X(run, 1), Size.Columns)
            .With(outputs[1], Size.Rows).With(outputs[2], Size.Rows).Outputs(3);

        for (int i = 0; i < 3; i++)
        {
            Check(run, i, gradients[i]);
        }
    }

    [Test]
    public void Dropout_residual_and_layer_normalisation_in_all_inputs()
    {
        KernelRun run = Size.Run("DropoutAddLayerNorm");
        float[][] outputs = run.Outputs(4);

        float[][] gradients = new KernelRun("DropoutAddLayerNormGrad", ("p", Size.P), ("site", 9))
            .With(Dy, Size.Rows, Size.Columns).With(outputs[1], Size.Rows, Size.Columns).With(X(run, 2), Size.Columns)
            .With(outputs[2], Size.Rows).With(outputs[3], Size.Rows).With(KernelCase.Key, 2).Outputs(4);

        for (int i = 0; i < 4; i++)
        {
            Check(run, i, gradients[i]);
        }
    }

    [TestCase(0f)]
    [TestCase(0.2f)]
    public void Attention_in_queries_keys_and_values(float p)
    {
        PackedInputs batch = PackedInputs.Random(2, 6, [9, 0, 17, 1], p);
        float[] gradient = batch.All()[2];
        using OpenKernel kernel = batch.Forward().Open(2);

        for (int part = 0; part < 3; part++)
        {
            bool InPart(int i) => i % 36 / 12 == part;
            Check(kernel, 0, batch.Qkv, batch.Dy, gradient, InPart, $"part {part}");
        }
    }

    [Test]
    public void Attention_to_others_in_queries_and_in_keys_and_values()
    {
        KernelRun run = Size.Run("PackedCrossAttention"), backward = Size.Run("PackedCrossAttentionGrad");
        float[][] gradients = backward.Outputs(2);
        using OpenKernel kernel = run.Open(2);

        for (int input = 0; input < 2; input++)
        {
            Check(kernel, input, X(run, input), X(backward, 0), gradients[input], _ => true, $"input {input}");
            kernel.Set(input, X(run, input));
        }
    }

    [Test]
    public void Gathered_rows_are_the_adjoint_of_the_gather()
    {
        // <GatherGrad(dy), table> = <dy, table[indices]>, for every table.
        KernelRun run = Size.Run("GatherGrad");
        long[] indices = run.Inputs[1].Int64s!;
        float[] gradient = run.Single(), table = Reference.Random(8, gradient.Length);

        double gathered = X(run, 0).Select((v, i) =>
            (double)v * table[(indices[i / Size.Columns] * Size.Columns) + (i % Size.Columns)]).Sum();

        Assert.That(Product(gradient, table), Is.EqualTo(gathered).Within(1e-4));
    }

    private static float[] Dy => Size.Matrix(2);

    private static float[] X(KernelRun run, int input) => run.Inputs[input].Floats!;

    private static double Product(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();

    private static void Check(KernelRun forward, int input, float[] gradient)
    {
        using OpenKernel kernel = forward.Open(KernelOutputs(forward));
        Check(kernel, input, X(forward, input), Dy, gradient, _ => true, $"input {input}");
    }

    private static void CheckAll(KernelRun forward, float[] dy, float[][] gradients)
    {
        using OpenKernel kernel = forward.Open(KernelOutputs(forward));
        for (int i = 0; i < gradients.Length; i++)
        {
            Check(kernel, i, X(forward, i), dy, gradients[i], _ => true, $"input {i}");
            kernel.Set(i, X(forward, i));
        }
    }

    private static int KernelOutputs(KernelRun run) => KernelCase.Outputs[run.Operator];

    private static void Check(
        OpenKernel kernel, int input, float[] at, float[] dy, float[] gradient, Func<int, bool> moves, string what)
    {
        // The error of central differences falls with the square of the step, that of float32 rounding grows as it
        // shrinks; they meet near here.
        const float Step = 1f / 256;
        for (int seed = 0; seed < 4; seed++)
        {
            float[] direction = [.. Reference.Random(100 + seed, at.Length).Select((v, i) => moves(i) ? v : 0)];
            double slope = (Loss(Step) - Loss(-Step)) / (2 * Step);
            double norm = Math.Sqrt(gradient.Where((_, i) => moves(i)).Sum(g => (double)g * g));
            Assert.That(Product(gradient, direction), Is.EqualTo(slope).Within(1e-3 * (1 + norm)), what);

            double Loss(float step)
            {
                kernel.Set(input, [.. at.Select((v, i) => v + (step * direction[i]))]);
                return Product(kernel.Run()[0], dy);
            }
        }
    }
}
