using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Tests.Runtime.Cuda.Launching;

public sealed unsafe class SimulatedLauncherTests
{
    private readonly SimulatedLauncher _launcher = new();

    [OneTimeTearDown]
    public void Dispose() => _launcher.Dispose();

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(8)]
    [TestCase(19)]
    public void Numbers_and_memory_reach_the_kernel(int length)
    {
        float[] x = [.. Enumerable.Range(0, length).Select(i => i + 0.5f)];
        long[] ids = [.. Enumerable.Range(0, length).Select(i => (long)i * i)];
        int[] places = [.. Enumerable.Range(0, length).Select(i => -i)];
        float[] y = new float[length];

        fixed (float* px = x, py = y)
        fixed (long* pids = ids)
        fixed (int* pplaces = places)
        {
            _launcher.Launch(
                TestKernels.Mixed, _launcher.Group.GroupsOfThreads(length), KernelArgument.Floats((nint)px, length), -3,
                KernelArgument.Int64s((nint)pids, length), 0.25f, KernelArgument.Int32s((nint)pplaces, length), 7u,
                1L << 33, KernelArgument.Floats((nint)py, length));
        }

        Assert.That(y, Is.EqualTo(x.Select((v, i) => (v * 0.25f) + (ids[i] * (1L << 33)) + places[i] + 7 - 3)));
    }

    [Test]
    public void A_group_shares_memory_and_waits()
    {
        int width = _launcher.Group.Threads;

        float[] y = Run(TestKernels.Reversed, new GridSize(1, 3), 3 * width);

        Assert.That(
            y, Is.EqualTo(Enumerable.Range(0, 3 * width).Select(i => (i / width * width) + width - 1f - (i % width))));
    }

    [Test]
    public void A_warp_exchanges_registers()
    {
        int warp = _launcher.Group.WarpSize, length = 2 * _launcher.Group.Threads;

        float[] y = Run(TestKernels.Summed, 2, length);

        Assert.That(y, Is.EqualTo(Enumerable.Range(0, length).Select(i =>
            (float)Enumerable.Range(i / warp * warp, warp).Sum())));
    }

    [Test]
    public void Other_arguments_are_refused() => Assert.Multiple(() =>
    {
        Assert.That(
            () => _launcher.Launch(TestKernels.Summed, 1, 1f),
            Throws.ArgumentException.With.Message.Contains("was given 1 arguments; expected 2"));
        Assert.That(
            () => _launcher.Launch(TestKernels.Summed, 1, KernelArgument.Floats(0, 0), KernelArgument.Int64s(0, 0)),
            Throws.ArgumentException.With.Message.Contains("TestKernels.Sum was given ArrayView`1 as argument 1"));
        Assert.That(
            () => new DeviceKernel((double x) => { }), Throws.ArgumentException.With.Message.Contains("cannot run"));
    });

    // x is 0, 1, 2 and on.
    private float[] Run(DeviceKernel kernel, GridSize grid, int length)
    {
        float[] x = [.. Enumerable.Range(0, length).Select(i => (float)i)], y = new float[length];
        fixed (float* px = x, py = y)
        {
            _launcher.Launch(
                kernel, grid, KernelArgument.Floats((nint)px, length), KernelArgument.Floats((nint)py, length));
        }

        return y;
    }
}
