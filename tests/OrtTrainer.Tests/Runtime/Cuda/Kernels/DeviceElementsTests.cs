using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Runtime.Cuda.Kernels;

public sealed class DeviceElementsTests
{
    [Test]
    public void Masks_are_those_of_the_cpu_to_the_bit([Values(1, 31, 1000)] int length, [Values(0f, 0.1f)] float p)
    {
        KernelRun run = new KernelRun("Dropout", ("p", p), ("site", 9)).Vector(1, length).With(OnDevice.Key, 2);

        float[] onDevice = run.Outputs(1, library: OnDevice.Library)[0], onCpu = run.Single();

        Assert.That(onDevice, Is.EqualTo(onCpu));
        if (length == 1000)
        {
            Assert.That(onDevice.Count(v => v == 0), p == 0 ? Is.Zero : Is.InRange(60, 140));
        }
    }

    [Test]
    public void A_key_of_another_shape_is_refused_before_anything_runs() =>
        Assert.That(
            () => new KernelRun("Dropout", ("p", 0.1f), ("site", 0)).Vector(1, 3).With([1L, 2, 3], 3)
                .Outputs(1, library: OnDevice.Library),
            Expect.Refusal("The dropout key has shape [3]; expected [2]"));

    [Test]
    public void Gelu_is_that_of_the_cpu(
        [Values("Gelu", "GeluTanh")] string op, [Values(1, 3, 31, 33, 65)] int length) =>
        OnDevice.IsAsOnTheCpu(new KernelRun(op).With(Reference.Random(3, length, 3), length), 1);

    [TestCase("Gelu")]
    [TestCase("GeluTanh")]
    public void Gelu_is_right_far_from_zero(string op) =>
        OnDevice.IsAsOnTheCpu(new KernelRun(op).With([-1e30f, -90, -9, -5.6f, 0, 5.6f, 9, 90, 1e30f], 9), 1, 1e-7);

    [Test]
    public void The_gradient_of_gelu_is_that_of_the_cpu(
        [Values("GeluGrad", "GeluTanhGrad")] string op, [Values(1, 3, 31, 33, 65)] int length) =>
        OnDevice.IsAsOnTheCpu(
            new KernelRun(op).Vector(2, length).With(Reference.Random(3, length, 3), length), 1);

    [TestCase("GeluGrad")]
    [TestCase("GeluTanhGrad")]
    public void The_gradient_of_gelu_is_right_far_from_zero(string op) =>
        OnDevice.IsAsOnTheCpu(
            new KernelRun(op).With([1f, 2, 3, 4, 5, 6, 7], 7).With([-1e6f, -90, -9, 0, 9, 90, 1e6f], 7), 1);

    [TestCase(1, 1)]
    [TestCase(3, 33)]
    [TestCase(64, 31)]
    [TestCase(65, 3)]
    [TestCase(200, 9)]
    public void Sums_of_columns_are_those_of_the_cpu(int rows, int columns) =>
        OnDevice.IsAsOnTheCpu(new KernelRun("ColumnSum").Matrix(1, rows, columns), 1);

    [Test]
    public void Sums_over_no_rows_are_zero() =>
        Assert.That(
            new KernelRun("ColumnSum").With(new float[0], 0, 5).Outputs(1, library: OnDevice.Library)[0], Is.All.Zero);
}
