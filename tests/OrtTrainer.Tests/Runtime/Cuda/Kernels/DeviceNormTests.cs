namespace OrtTrainer.Tests.Runtime.Cuda.Kernels;

public sealed class DeviceNormTests
{
    private const float Epsilon = 1e-5f;

    private static readonly (int Rows, int Columns)[] Sizes = [(1, 1), (3, 33), (65, 31), (130, 3), (2, 65)];

    [TestCaseSource(nameof(Sizes))]
    public void Layer_normalization((int Rows, int Columns) size) =>
        OnDevice.IsAsOnTheCpu(
            new KernelRun("LayerNorm", ("epsilon", Epsilon)).Matrix(1, size.Rows, size.Columns)
                .Vector(2, size.Columns).Vector(3, size.Columns),
            3, Tolerance(size.Columns));

    [TestCaseSource(nameof(Sizes))]
    public void Rms_normalization((int Rows, int Columns) size) =>
        OnDevice.IsAsOnTheCpu(
            new KernelRun("RmsNorm", ("epsilon", Epsilon)).Matrix(1, size.Rows, size.Columns).Vector(2, size.Columns),
            2);

    [Test]
    public void Layer_normalization_of_what_was_dropped_out_and_added(
        [ValueSource(nameof(Sizes))] (int Rows, int Columns) size, [Values(0f, 0.3f)] float p) =>
        OnDevice.IsAsOnTheCpu(
            new KernelRun("DropoutAddLayerNorm", ("epsilon", Epsilon), ("p", p), ("site", 4))
                .Matrix(1, size.Rows, size.Columns).Matrix(5, size.Rows, size.Columns).Vector(2, size.Columns)
                .Vector(3, size.Columns).With(OnDevice.Key, 2),
            4, Tolerance(size.Columns));

    [TestCaseSource(nameof(Sizes))]
    public void The_gradient_of_layer_normalization((int Rows, int Columns) size) =>
        OnDevice.IsAsOnTheCpu(Gradient("LayerNormGrad", size), 3);

    [TestCaseSource(nameof(Sizes))]
    public void The_gradient_of_layer_normalization_with_a_residual((int Rows, int Columns) size) =>
        OnDevice.IsAsOnTheCpu(
            Gradient("ResidualLayerNormGrad", size).Matrix(8, size.Rows, size.Columns), 3);

    [Test]
    public void The_gradient_through_dropout_and_addition(
        [ValueSource(nameof(Sizes))] (int Rows, int Columns) size, [Values(0f, 0.3f)] float p) =>
        OnDevice.IsAsOnTheCpu(Gradient("DropoutAddLayerNormGrad", size, p).With(OnDevice.Key, 2), 4);

    [Test]
    public void The_gradient_of_embeddings_before_dropout(
        [ValueSource(nameof(Sizes))] (int Rows, int Columns) size, [Values(0f, 0.3f)] float p) =>
        OnDevice.IsAsOnTheCpu(Gradient("EmbeddingNormGrad", size, p).With(OnDevice.Key, 2), 3);

    [TestCaseSource(nameof(Sizes))]
    public void The_gradient_of_rms_normalization((int Rows, int Columns) size) =>
        OnDevice.IsAsOnTheCpu(
            new KernelRun("RmsNormGrad").Matrix(1, size.Rows, size.Columns).Matrix(2, size.Rows, size.Columns)
                .Vector(3, size.Columns).Vector(4, size.Rows),
            2);

    [Test]
    public void Other_shapes_are_refused() =>
        Assert.That(
            () => new KernelRun("LayerNorm", ("epsilon", Epsilon)).Matrix(1, 2, 3).Vector(2, 4).Vector(3, 3)
                .Outputs(3, library: OnDevice.Library),
            Expect.Refusal("LayerNorm: gamma has shape [4]; expected [3]"));

    // A row of one column is its own mean: what is left is rounding, times 1 / √epsilon.
    private static double Tolerance(int columns) => columns == 1 ? 1e-4 : 1e-5;

    private static KernelRun Gradient(string op, (int Rows, int Columns) size, float? p = null) =>
        (p is { } rate ? new KernelRun(op, ("p", rate), ("site", 4)) : new KernelRun(op))
            .Matrix(1, size.Rows, size.Columns).Matrix(2, size.Rows, size.Columns).Vector(3, size.Columns)
            .Vector(4, size.Rows).Vector(5, size.Rows);
}
