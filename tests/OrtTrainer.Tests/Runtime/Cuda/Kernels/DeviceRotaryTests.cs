namespace OrtTrainer.Tests.Runtime.Cuda.Kernels;

public sealed class DeviceRotaryTests
{
    [Test]
    public void Rows_are_turned_as_on_the_cpu(
        [Values(1, 3)] int heads, [Values(1, 5)] int half, [Values(1f, -1f)] float direction)
    {
        const int Rows = 7, Rest = 3;
        int columns = (2 * heads * half) + Rest;
        OnDevice.IsAsOnTheCpu(
            new KernelRun("Rotary", ("heads", heads), ("direction", direction)).Matrix(1, Rows, columns)
                .With([.. Enumerable.Range(0, Rows).Select(t => (long)t * 31)], Rows)
                .With([.. Enumerable.Range(0, half).Select(i => (float)Math.Pow(10_000, -(double)i / half))], half),
            1);
    }

    [Test]
    public void Large_angles_keep_their_place_in_the_turn() =>
        OnDevice.IsAsOnTheCpu(
            new KernelRun("Rotary", ("heads", 1), ("direction", 1f)).Matrix(1, 4, 2)
                .With([0, 1000, 32_768, 100_000], 4).With([1f], 1),
            1);
}
