using OrtTrainer.Data;
using OrtTrainer.Images;
using OrtTrainer.Tests.Checkpoints;
using SkiaSharp;

namespace OrtTrainer.Tests.Images;

public sealed class ImageDecoderTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void Values_come_as_they_were_written()
    {
        PixelImage image = ImageFiles.Make(5, 3, (x, y) => (x * 50, y * 100, (x + y) * 30));

        PixelImage read = ImageDecoder.Read(ImageFiles.Save(image, _folder.File("a.png")));

        Assert.That((read.Width, read.Height), Is.EqualTo((5, 3)));
        Assert.That(read.Values, Is.EqualTo(image.Values));
    }

    [Test]
    public void Transparency_is_left_out_and_the_color_under_it_stays()
    {
        using SKBitmap bitmap = new(new SKImageInfo(1, 1, SKColorType.Rgba8888, SKAlphaType.Unpremul));
        bitmap.SetPixel(0, 0, new SKColor(200, 100, 40, 128));
        using (FileStream file = File.Create(_folder.File("a.png")))
        {
            bitmap.Encode(file, SKEncodedImageFormat.Png, 100);
        }

        Assert.That(ImageDecoder.Read(_folder.File("a.png")).Values, Is.EqualTo(new byte[] { 200, 100, 40 }));
    }

    [Test]
    public void Gray_values_of_16_bits_become_three_of_8()
    {
        File.WriteAllBytes(_folder.File("a.png"), CraftedImages.Gray16(0, 0x8080, 0xFFFF));

        Assert.That(ImageDecoder.Read(_folder.File("a.png")).Values,
            Is.EqualTo(new byte[] { 0, 0, 0, 128, 128, 128, 255, 255, 255 }));
    }

    [Test]
    public void CMYK_becomes_what_the_inks_leave_of_each_color()
    {
        File.WriteAllBytes(_folder.File("a.jpg"), CraftedImages.Cmyk(248, 128, 8, 200));

        PixelImage read = ImageDecoder.Read(_folder.File("a.jpg"));

        Assert.That((read.Width, read.Height), Is.EqualTo((8, 8)));
        Assert.That(read.Values[..3].Select(value => (double)value),
            Is.EqualTo(new[] { 248 * 200 / 255.0, 128 * 200 / 255.0, 8 * 200 / 255.0 }).Within(1));
    }

    // Where the upper left corner of the file comes to lie, as the EXIF standard (2.32, tag 274) says.
    [TestCase(1, true, true, false)]
    [TestCase(2, false, true, false)]
    [TestCase(3, false, false, false)]
    [TestCase(4, true, false, false)]
    [TestCase(5, true, true, true)]
    [TestCase(6, false, true, true)]
    [TestCase(7, false, false, true)]
    [TestCase(8, true, false, true)]
    public void Photographs_are_turned_upright(int orientation, bool left, bool top, bool isTurned)
    {
        using SKBitmap bitmap = new(new SKImageInfo(48, 32, SKColorType.Rgba8888, SKAlphaType.Opaque));
        bitmap.Erase(SKColors.Black);
        bitmap.Erase(SKColors.White, new SKRectI(0, 0, 16, 16));
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 95);
        File.WriteAllBytes(_folder.File("a.jpg"), CraftedImages.Oriented(data.ToArray(), orientation));

        PixelImage read = ImageDecoder.Read(_folder.File("a.jpg"));

        Assert.That((read.Width, read.Height), Is.EqualTo(isTurned ? (32, 48) : (48, 32)));
        (int x, int y) = (left ? 2 : read.Width - 3, top ? 2 : read.Height - 3);
        Assert.That(read.Values[((y * read.Width) + x) * 3], Is.GreaterThan(200));
        Assert.That(read.Values.Where((_, i) => i % 3 == 0).Count(value => value > 127), Is.EqualTo(256).Within(32));
    }

    // A corner alone does not tell a turn from a mirror image.
    [TestCase(5, true)]
    [TestCase(6, false)]
    [TestCase(7, false)]
    [TestCase(8, true)]
    public void The_first_row_becomes_a_column_on_the_left_or_right(int orientation, bool left)
    {
        using SKBitmap bitmap = new(new SKImageInfo(48, 32, SKColorType.Rgba8888, SKAlphaType.Opaque));
        bitmap.Erase(SKColors.Black);
        bitmap.Erase(SKColors.White, new SKRectI(0, 0, 48, 16));
        using SKData data = bitmap.Encode(SKEncodedImageFormat.Jpeg, 95);
        File.WriteAllBytes(_folder.File("a.jpg"), CraftedImages.Oriented(data.ToArray(), orientation));

        PixelImage read = ImageDecoder.Read(_folder.File("a.jpg"));

        int column = left ? 4 : read.Width - 5;
        Assert.That(
            Enumerable.Range(0, read.Height).Select(y => (int)read.Values[((y * read.Width) + column) * 3]),
            Is.All.GreaterThan(200));
    }

    [Test]
    public void A_file_that_is_cut_off_is_refused()
    {
        byte[] whole = File.ReadAllBytes(ImageFiles.Save(
            ImageFiles.Make(64, 64, (x, y) => (x * y % 256, (x * 7) ^ y, y * 3)), _folder.File("a.png")));
        File.WriteAllBytes(_folder.File("a.png"), whole[..(whole.Length / 2)]);

        Assert.That(() => ImageDecoder.Read(_folder.File("a.png")), Throws.TypeOf<DataFileException>()
            .With.Message.Contains("a.png: the image is damaged or cut off"));
    }

    [TestCase("", "cannot be opened")]
    [TestCase("a text", "this is no image")]
    public void A_file_that_is_none_is_refused(string content, string message)
    {
        _folder.Write("a.png", content);

        Assert.That(() => ImageDecoder.Read(_folder.File("a.png")),
            Throws.TypeOf<DataFileException>().With.Message.Contains(message));
        Assert.That(() => ImageDecoder.Read(_folder.File("b.png")),
            Throws.TypeOf<DataFileException>().With.Message.Contains("there is no such image"));
    }
}
