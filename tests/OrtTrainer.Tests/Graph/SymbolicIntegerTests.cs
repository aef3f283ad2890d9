using OrtTrainer.Graph;

namespace OrtTrainer.Tests.Graph;

public sealed class SymbolicIntegerTests
{
    private static SymbolicInteger Of(string text) =>
        long.TryParse(text, out long number) ? number : SymbolicInteger.Of(Dimension.Of(text));

    [TestCase("2", "3", "5")]
    [TestCase("n", "0", "n")]
    [TestCase("n", "2", "(2+n)")]
    [TestCase("n", "m", "(m+n)")]
    [TestCase("n", "-1", null)]
    public void Sums(string a, string b, string? sum) =>
        Assert.That(SymbolicInteger.Add(Of(a), Of(b))?.ToString(), Is.EqualTo(sum));

    [TestCase("5", "7", "-2")]
    [TestCase("n", "n", "0")]
    [TestCase("n", "0", "n")]
    [TestCase("n", "1", null)]
    public void Differences(string a, string b, string? difference) =>
        Assert.That(SymbolicInteger.Subtract(Of(a), Of(b))?.ToString(), Is.EqualTo(difference));

    [TestCase("2", "-3", "-6")]
    [TestCase("n", "1", "n")]
    [TestCase("n", "0", "0")]
    [TestCase("n", "m", "m*n")]
    [TestCase("m*n", "4", "4*m*n")]
    [TestCase("2*m", "3*n", "6*m*n")]
    [TestCase("(a*b+2)", "n", "(a*b+2)*n")]
    [TestCase("n", "-1", null)]
    public void Products(string a, string b, string? product) =>
        Assert.That(SymbolicInteger.Multiply(Of(a), Of(b))?.ToString(), Is.EqualTo(product));

    [TestCase("7", "2", "3")]
    [TestCase("-7", "2", "-3")]
    [TestCase("6*m*n", "2*n", "3*m")]
    [TestCase("m*n", "n", "m")]
    [TestCase("n", "n", "1")]
    [TestCase("n", "2", null)]
    [TestCase("n", "0", null)]
    public void Quotients(string a, string b, string? quotient) =>
        Assert.That(SymbolicInteger.Divide(Of(a), Of(b))?.ToString(), Is.EqualTo(quotient));

    [TestCase("2", "3", false)]
    [TestCase("n", "n", true)]
    [TestCase("n", "-1", false)]
    [TestCase("n", "1", null)]
    [TestCase("n", "m", null)]
    public void Equality_is_told_where_it_can_be(string a, string b, bool? equal) =>
        Assert.That(SymbolicInteger.AreEqual(Of(a), Of(b)), Is.EqualTo(equal));
}
