using OrtTrainer.Images;
using OrtTrainer.Randomness;

namespace OrtTrainer.Tests.Images;

public sealed class ColorChangeTests
{
    private static readonly PixelImage Image = ImageFiles.Make(2, 1, (x, _) => x == 0 ? (200, 100, 0) : (10, 20, 30));

    [Test]
    public void Brightness_multiplies_and_stays_in_range() =>
        Assert.That(new ColorChange([1.5, 1, 1], [0, 1, 2]).Of(Image).Values,
            Is.EqualTo(new byte[] { 255, 150, 0, 15, 30, 45 }));

    // The grays are 118.5 and 18.15, their mean 68.325.
    [Test]
    public void Contrast_moves_values_away_from_the_mean_gray_of_the_image() =>
        Assert.That(new ColorChange([1, 0.5, 1], [0, 1, 2]).Of(Image).Values,
            Is.EqualTo(new byte[] { 134, 84, 34, 39, 44, 49 }));

    [Test]
    public void Without_saturation_a_pixel_is_its_gray() =>
        Assert.That(new ColorChange([1, 1, 0], [0, 1, 2]).Of(Image).Values,
            Is.EqualTo(new byte[] { 118, 118, 118, 18, 18, 18 }));

    [Test]
    public void The_order_decides()
    {
        // Brightness first saturates red, so that its gray is another.
        ColorChange brightFirst = new([2, 1, 0], [0, 1, 2]), grayFirst = new([2, 1, 0], [2, 1, 0]);

        Assert.That(brightFirst.Of(Image).Values[0], Is.EqualTo(194));
        Assert.That(grayFirst.Of(Image).Values[0], Is.EqualTo(236));
    }

    [Test]
    public void Draws_stay_within_the_strength_and_take_every_order()
    {
        SeededRandom random = new(7);
        ColorChange[] draws = [.. Enumerable.Range(0, 200).Select(_ => ColorChange.Draw(random, 0.4))];

        Assert.That(draws.SelectMany(draw => draw.Factors), Is.All.InRange(0.6, 1.4));
        Assert.That(draws.Average(draw => draw.Factors[0]), Is.EqualTo(1).Within(0.06));
        Assert.That(draws.Select(draw => string.Concat(draw.Order)).Distinct().Count(), Is.EqualTo(6));
    }
}
