using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Runtime;

public sealed class PeakArithmeticTests
{
    // Far below and above any processor: what is checked is the unit.
    [TestCase(1)]
    [TestCase(2)]
    public void A_peak_is_a_rate(int threads) =>
        Assert.That(Device.Default.MeasurePeak(threads), Is.InRange(1e7, 1e15));

    [Test]
    public void No_threads_are_refused() =>
        Assert.That(() => Device.Default.MeasurePeak(0), Throws.TypeOf<ArgumentOutOfRangeException>());
}
