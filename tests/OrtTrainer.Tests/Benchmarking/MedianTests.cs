using OrtTrainer.Benchmarking;

namespace OrtTrainer.Tests.Benchmarking;

public sealed class MedianTests
{
    [TestCase(new[] { 3.0, 1, 2 }, 2)]
    [TestCase(new[] { 4.0, 1, 2, 3 }, 2.5)]
    [TestCase(new[] { 7.0 }, 7)]
    [TestCase(new double[0], double.NaN)]
    public void The_middle_of_values_in_any_order(double[] values, double expected) =>
        Assert.That(Median.Of(values), Is.EqualTo(expected));
}
