using OrtTrainer.Common;

namespace OrtTrainer.Tests.Common;

/// <summary>Sizes as people write them.</summary>
public sealed class ByteSizeTests
{
    [TestCase("40MB", 40_000_000)]
    [TestCase("1.5 gb", 1_500_000_000)]
    [TestCase("30MiB", 30 * 1024 * 1024)]
    [TestCase("512", 512)]
    [TestCase("7B", 7)]
    public void Units_are_decimal_unless_they_say_otherwise(string text, long bytes) =>
        Assert.That(ByteSize.Parse(text), Is.EqualTo(bytes));

    [TestCase("")]
    [TestCase("MB")]
    [TestCase("-1MB")]
    [TestCase("0")]
    [TestCase("4 parsecs")]
    [TestCase("1e30GB")]
    public void Others_are_none(string text) => Assert.That(ByteSize.Parse(text), Is.Null);
}
