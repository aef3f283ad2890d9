namespace OrtTrainer.Tests.Runtime.Cuda.Kernels;

public sealed class DeviceCrossEntropyTests
{
    private static readonly (int Rows, int Columns)[] Sizes = [(1, 1), (3, 2), (5, 33), (2, 65), (3, 1000)];

    [TestCaseSource(nameof(Sizes))]
    public void Cross_entropy_of_soft_targets((int Rows, int Columns) size) =>
        OnDevice.IsAsOnTheCpu(
            new KernelRun("SoftmaxCrossEntropy").With(Logits(size), size.Rows, size.Columns)
                .With(Targets(size), size.Rows, size.Columns).With([0.7f]),
            3);

    [TestCaseSource(nameof(Sizes))]
    public void Its_gradient((int Rows, int Columns) size)
    {
        KernelRun forward = new KernelRun("SoftmaxCrossEntropy").With(Logits(size), size.Rows, size.Columns)
            .With(Targets(size), size.Rows, size.Columns).With([0.7f]);
        float[][] outputs = forward.Outputs(3);

        OnDevice.IsAsOnTheCpu(
            new KernelRun("SoftmaxCrossEntropyGrad").Vector(9, size.Rows)
                .With(Logits(size), size.Rows, size.Columns).With(Targets(size), size.Rows, size.Columns).With([0.7f])
                .With(outputs[1], size.Rows).With(outputs[2], size.Rows),
            1);
    }

    [Test]
    public void Cross_entropy_of_ids(
        [ValueSource(nameof(Sizes))] (int Rows, int Columns) size, [Values(0f, 0.01f)] float all) =>
        OnDevice.IsAsOnTheCpu(
            new KernelRun("IdCrossEntropy").With(Logits(size), size.Rows, size.Columns).With(Ids(size), size.Rows, 1)
                .With([0.7f]).With([0.9f]).With([all]),
            3);

    [Test]
    public void Its_gradient_of_ids(
        [ValueSource(nameof(Sizes))] (int Rows, int Columns) size, [Values(0f, 0.01f)] float all)
    {
        float[][] outputs = new KernelRun("IdCrossEntropy").With(Logits(size), size.Rows, size.Columns)
            .With(Ids(size), size.Rows, 1).With([0.7f]).With([0.9f]).With([all]).Outputs(3);

        OnDevice.IsAsOnTheCpu(
            new KernelRun("IdCrossEntropyGrad").Vector(9, size.Rows).With(Logits(size), size.Rows, size.Columns)
                .With(Ids(size), size.Rows, 1).With([0.7f]).With([0.9f]).With([all]).With(outputs[1], size.Rows)
                .With(outputs[2], size.Rows),
            1);
    }

    [TestCase(-1)]
    [TestCase(3)]
    public void An_id_that_is_no_class_gives_no_number(int id)
    {
        float[] loss = new KernelRun("IdCrossEntropy").With(Logits((2, 3)), 2, 3).With([1, id], 2, 1).With([1f])
            .With([1f]).With([0f]).Outputs(3, library: OnDevice.Library)[0];

        Assert.That(loss[0], Is.Not.NaN);
        Assert.That(loss[1], Is.NaN);
    }

    [Test]
    public void Logarithms_of_a_softmax_over_sequences()
    {
        KernelRun run = new KernelRun("PackedLogSoftmax").Matrix(1, 40, 3).With([0, 1, 1, 34, 40], 5);
        OnDevice.IsAsOnTheCpu(run, 1);
        OnDevice.IsAsOnTheCpu(
            new KernelRun("PackedLogSoftmaxGrad").Matrix(2, 40, 3).With(run.Single(), 40, 3).With([0, 1, 1, 34, 40], 5),
            1);
    }

    private static float[] Logits((int Rows, int Columns) size) =>
        Reference.Random(1, size.Rows * size.Columns, 4);

    private static float[] Targets((int Rows, int Columns) size) =>
        [.. Reference.Random(2, size.Rows * size.Columns).Select(v => v * v / size.Columns)];

    private static long[] Ids((int Rows, int Columns) size) =>
        [.. Enumerable.Range(1, size.Rows).Select(i => (long)(i * i * 7 % size.Columns))];
}
