using OrtTrainer.Benchmarking;

namespace OrtTrainer.Tests.Benchmarking;

public sealed class PeakMemoryTests
{
    [Test]
    public void The_high_water_mark_is_read_in_bytes() => Assert.That(
        PeakMemory.Parse(["Name:\tdotnet", "VmPeak:\t  9000 kB", "VmHWM:\t    1234 kB", "VmRSS:\t   1000 kB"]),
        Is.EqualTo(1234 * 1024));

    [Test]
    public void A_status_without_the_mark_is_refused() => Assert.That(
        () => PeakMemory.Parse(["Name:\tdotnet"]),
            Throws.InstanceOf<InvalidDataException>().With.Message.Contains("VmHWM"));

    [Test]
    public void Touching_memory_raises_the_mark_and_freeing_it_does_not_lower_it()
    {
        long before = PeakMemory.Read();
        byte[] block = new byte[(int)Math.Min(before + (64 << 20), 1 << 30)];
        for (int i = 0; i < block.Length; i += 4096)
        {
            block[i] = 1;
        }

        long during = PeakMemory.Read();
        GC.KeepAlive(block);

        Assert.That(during, Is.GreaterThan(before));

        // Linux counts resident pages per thread and adds them up now and then, so the mark is exact to some pages
        // only.
        Assert.That(PeakMemory.Read(), Is.GreaterThanOrEqualTo(during - (1 << 20)));
    }
}
