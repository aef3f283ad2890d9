using OrtTrainer.Runtime;
using OrtTrainer.Tests.Runtime.Cuda;

namespace OrtTrainer.Tests.Runtime;

[NonParallelizable]
public sealed class DeviceCheckTests
{
    [Test]
    public void The_processors_are_no_way_from_themselves() => Assert.That(
        DeviceCheck.Run(Device.Default).Select(difference => difference.Largest), Is.All.Zero);

    [Test]
    public void A_device_of_kernels_is_near_the_processors()
    {
        DeviceDifference[] differences = [.. DeviceCheck.Run(SimulatedDevice.Instance)];

        Assert.That(differences, Has.Length.EqualTo(12));
        Assert.That(differences.Where(difference => !difference.IsFine), Is.Empty);
        Assert.That(differences.Select(difference => difference.Largest), Has.Some.GreaterThan(0));
    }

    [TestCase(1e-6, true)]
    [TestCase(1e-4, false)]
    [TestCase(double.NaN, false)]
    public void Only_what_rounding_explains_is_fine(double largest, bool isFine) =>
        Assert.That(new DeviceDifference("x", largest, 1e-5).IsFine, Is.EqualTo(isFine));
}
