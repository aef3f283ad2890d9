using OrtTrainer.Reports.Charts;

namespace OrtTrainer.Tests.Reports.Charts;

internal sealed class TextWidthTests
{
    [TestCase("a much longer name than there is room for", 60)]
    [TestCase("短い名前ではない名前", 40)]
    [TestCase("😀😀😀😀😀😀", 30)]
    public void What_is_cut_fits_and_ends_with_an_ellipsis(string text, double width)
    {
        string cut = TextWidth.Fit(text, 12, width);

        Assert.That(TextWidth.Of(cut, 12), Is.LessThanOrEqualTo(width));
        Assert.That(cut, Does.EndWith("…"));
        Assert.That(text, Does.StartWith(cut[..^1]));
        Assert.That(char.IsHighSurrogate(cut[^2]), Is.False, "no half of a character is left");
    }

    [Test]
    public void What_fits_stays_as_it_is()
    {
        Assert.That(TextWidth.Fit("swa", 12, 200), Is.EqualTo("swa"));
        Assert.That(TextWidth.Of("", 12), Is.Zero);
    }

    [Test]
    public void Width_grows_with_the_size_and_with_every_letter()
    {
        Assert.That(TextWidth.Of("method", 24), Is.EqualTo(2 * TextWidth.Of("method", 12)).Within(1e-9));
        Assert.That(TextWidth.Of("mm", 12), Is.GreaterThan(TextWidth.Of("ii", 12)));
    }
}
