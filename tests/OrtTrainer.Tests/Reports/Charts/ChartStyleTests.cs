using System.Globalization;
using System.Text.RegularExpressions;
using OrtTrainer.Reports.Charts;

namespace OrtTrainer.Tests.Reports.Charts;

internal sealed class ChartStyleTests
{
    // WCAG 2.2: 4.5 to 1 for text (1.4.3), 3 to 1 for graphics (1.4.11).
    [TestCase("ink", 4.5)]
    [TestCase("faint", 4.5)]
    [TestCase("axis", 3)]
    [TestCase("s0", 3)]
    [TestCase("s1", 3)]
    [TestCase("s2", 3)]
    [TestCase("s3", 3)]
    [TestCase("s4", 3)]
    [TestCase("s5", 3)]
    [TestCase("s6", 3)]
    [TestCase("s7", 3)]
    public void Colours_stand_out_from_the_ground_in_light_and_dark(string name, double least)
    {
        string[] schemes = ChartStyle.Page.Split("@media (prefers-color-scheme: dark)");
        Assert.That(schemes, Has.Length.EqualTo(2));

        foreach (string scheme in schemes)
        {
            Assert.That(Contrast(Luminance(scheme, name), Luminance(scheme, "ground")), Is.GreaterThanOrEqualTo(least));
        }
    }

    private static double Contrast(double a, double b) => (Math.Max(a, b) + 0.05) / (Math.Min(a, b) + 0.05);

    /// <summary>Relative luminance of sRGB, by WCAG's definition.</summary>
    private static double Luminance(string scheme, string name)
    {
        Match match = Regex.Match(scheme, $"--{name}: #([0-9a-f]{{6}});");
        Assert.That(match.Success, Is.True, name);
        string digits = match.Groups[1].Value;
        double[] linear =
        [
            .. Enumerable.Range(0, 3).Select(i => int.Parse(digits.AsSpan(2 * i, 2), NumberStyles.HexNumber) / 255.0)
                .Select(c => c <= 0.04045 ? c / 12.92 : Math.Pow((c + 0.055) / 1.055, 2.4)),
        ];
        return (0.2126 * linear[0]) + (0.7152 * linear[1]) + (0.0722 * linear[2]);
    }
}
