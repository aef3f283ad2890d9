using OrtTrainer.Images;

namespace OrtTrainer.Tests.Images;

public sealed class ImageResizingTests
{
    [Test]
    public void Halves_by_the_triangle_filter_of_twice_the_width()
    {
        // 8 -> 4: the filter reaches 2 pixels, with weights 1/4, 3/4, 3/4, 1/4 halved inside, renormalized at the ends.
        PixelImage image = ImageFiles.Make(8, 1, (x, _) => (x * 32, 0, 255));

        PixelImage small = image.Resize(4, 1, Resampling.Bilinear);

        double[] row = [0, 32, 64, 96, 128, 160, 192, 224];
        double[] expected =
        [
            ((0.75 * row[0]) + (0.75 * row[1]) + (0.25 * row[2])) / 1.75,
            ((0.25 * row[1]) + (0.75 * row[2]) + (0.75 * row[3]) + (0.25 * row[4])) / 2,
            ((0.25 * row[3]) + (0.75 * row[4]) + (0.75 * row[5]) + (0.25 * row[6])) / 2,
            ((0.25 * row[5]) + (0.75 * row[6]) + (0.75 * row[7])) / 1.75,
        ];
        Assert.That(Channel(small, 0), Is.EqualTo(expected.Select(value => (int)Math.Round(value))));
        Assert.That(Channel(small, 1), Is.All.EqualTo(0));
        Assert.That(Channel(small, 2), Is.All.EqualTo(255));
    }

    [Test]
    public void Doubles_by_the_cubic_of_Keys_and_keeps_within_8_bits()
    {
        // A step overshoots: at a distance of 1/4 and 3/4 the weights are those of the cubic with a = -1/2.
        PixelImage image = ImageFiles.Make(4, 1, (x, _) => (x < 2 ? 0 : 200, x < 2 ? 0 : 255, 7));

        PixelImage large = image.Resize(8, 1, Resampling.Bicubic);

        double near = Cubic(0.25), far = Cubic(0.75), beyond = Cubic(1.25), last = Cubic(1.75);
        Assert.That(near + far + beyond + last, Is.EqualTo(1).Within(1e-12));
        // Place 3 of 8 is at 1.75 of 4: its neighbors are pixels 0 to 3 at 1.25, 0.25, 0.75 and 1.75.
        Assert.That(Channel(large, 0)[3], Is.EqualTo((int)Math.Round(200 * (far + last))));
        Assert.That(Channel(large, 0)[4], Is.EqualTo((int)Math.Round(200 * (near + beyond))));
        Assert.That(Channel(large, 1)[5], Is.EqualTo(255), "an overshoot is cut off");
        Assert.That(Channel(large, 2), Is.All.EqualTo(7));
    }

    [TestCase((int)Resampling.Bilinear, 1)]
    [TestCase((int)Resampling.Bicubic, 2)]
    [TestCase((int)Resampling.Lanczos, 3)]
    public void Any_size_is_the_weighted_sum_in_float64_but_for_two_roundings(int resampling, int reach)
    {
        PixelImage image = ImageFiles.Make(23, 17, (x, y) => (x * 11, (x * y * 7) % 256, (x * x * y) % 256));

        PixelImage resized = image.Resize(10, 29, (Resampling)resampling);

        double[,] expected = Reference(Narrowed(image, 10, reach), 29, reach);
        for (int y = 0; y < 29; y++)
        {
            for (int x = 0; x < 10; x++)
            {
                Assert.That(
                    resized.Values[((y * 10) + x) * 3], Is.EqualTo(Math.Clamp(expected[y, x], 0, 255)).Within(1.1));
            }
        }
    }

    [Test]
    public void The_nearest_pixel_is_that_around_the_center()
    {
        PixelImage image = ImageFiles.Make(5, 2, (x, y) => (x, y, 0));

        PixelImage resized = image.Resize(3, 4, Resampling.Nearest);

        Assert.That(Channel(resized, 0)[..3], Is.EqualTo(new[] { 0, 2, 4 }));
        Assert.That(Channel(resized, 1).Where((_, i) => i % 3 == 0), Is.EqualTo(new[] { 0, 0, 1, 1 }));
    }

    private static int[] Channel(PixelImage image, int channel) =>
        [.. image.Values.Where((_, i) => i % 3 == channel).Select(value => (int)value)];

    private static double[,] Narrowed(PixelImage image, int width, int reach)
    {
        double[,] values = new double[image.Width, image.Height];
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                values[x, y] = image.Values[(((y * image.Width) + x) * 3)];
            }
        }

        double[,] narrow = Reference(values, width, reach);
        double[,] turned = new double[image.Height, width];
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                turned[y, x] = narrow[x, y];
            }
        }

        return turned;
    }

    // Along the first axis, by the textbook's formulas.
    private static double[,] Reference(double[,] values, int size, int reach)
    {
        (int from, int others) = (values.GetLength(0), values.GetLength(1));
        double scale = (double)from / size, wide = Math.Max(1, scale);
        double[,] result = new double[size, others];
        for (int i = 0; i < size; i++)
        {
            double center = ((i + 0.5) * scale) - 0.5;
            double[] weights = [.. Enumerable.Range(0, from).Select(j => Kernel((j - center) / wide, reach))];
            for (int k = 0; k < others; k++)
            {
                result[i, k] = Enumerable.Range(0, from).Sum(j => weights[j] * values[j, k]) / weights.Sum();
            }
        }

        return result;
    }

    private static double Kernel(double x, int reach) => Math.Abs(x) >= reach ? 0 : reach switch
    {
        1 => 1 - Math.Abs(x),
        2 => Cubic(Math.Abs(x)),
        _ => Sinc(x) * Sinc(x / 3),
    };

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);

    private static double Cubic(double x) => x < 1
        ? (1.5 * x * x * x) - (2.5 * x * x) + 1
        : (-0.5 * x * x * x) + (2.5 * x * x) - (4 * x) + 2;
}
