using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Tests.Text.Alignment;

public sealed class CodePointsTests
{
    [TestCase("", new int[0])]
    [TestCase("aé中", new[] { 0x61, 0xE9, 0x4E2D })]
    [TestCase("\uD83D\uDE00!", new[] { 0x1F600, 0x21 })]
    [TestCase("\uDBFF\uDFFF", new[] { 0x10FFFF })]
    public void Pairs_are_joined(string text, int[] expected) =>
        Assert.That(CodePoints.From(text), Is.EqualTo(expected));

    [Test]
    public void Halves_of_pairs_are_replaced()
    {
        Assert.That(CodePoints.From("\uD83D"), Is.EqualTo([0xFFFD]));
        Assert.That(CodePoints.From("\uDE00\uD83D"), Is.EqualTo([0xFFFD, 0xFFFD]), "the wrong way round");
        Assert.That(CodePoints.From("\uD83D\uD83D\uDE00a"), Is.EqualTo([0xFFFD, 0x1F600, 0x61]));
    }

    [Test]
    public void Text_of_code_points_has_them_again()
    {
        int[] points = [0, 0x7F, 0xD7FF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF];

        Assert.That(CodePoints.From(CodePoints.ToText(points)), Is.EqualTo(points));
        Assert.That(CodePoints.ToText(points), Has.Length.EqualTo(9), "two units for each of the last two");
    }
}
