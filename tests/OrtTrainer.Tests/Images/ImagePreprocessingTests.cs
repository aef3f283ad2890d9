using OrtTrainer.Common;
using OrtTrainer.Images;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Images;

public sealed class ImagePreprocessingTests
{
    private static readonly PixelImage Wide = ImageFiles.Make(60, 30, (x, y) => (x * 4, y * 8, 100));

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void ViT_takes_the_whole_image_to_its_size()
    {
        ProcessedImage image = Read("""
            {"image_processor_type": "ViTImageProcessor", "size": {"height": 10, "width": 20},
             "image_mean": [0.5, 0.4, 0.3], "image_std": [0.5, 0.25, 0.2]}
            """).Process(Wide);

        Assert.That(image.Shape, Is.EqualTo(new ImageShape(3, 10, 20)));
        Assert.That(image.Pixels.Values, Is.EqualTo(Wide.Resize(20, 10, Resampling.Bilinear).Values));
        float[] values = Values(image);
        Assert.That(values[0], Is.EqualTo(((image.Pixels.Values[0] / 255.0) - 0.5) / 0.5).Within(1e-6));
        Assert.That(
            values[200 + 5], Is.EqualTo(((image.Pixels.Values[(5 * 3) + 1] / 255.0) - 0.4) / 0.25).Within(1e-6));
        Assert.That(values[^1], Is.EqualTo(((100 / 255.0) - 0.3) / 0.2).Within(1e-6));
    }

    [Test]
    public void ConvNext_resizes_the_shorter_edge_beyond_its_size_and_takes_the_middle()
    {
        ProcessedImage image = Read("""
            {"feature_extractor_type": "ConvNextFeatureExtractor", "size": 14, "crop_pct": 0.875, "resample": 3}
            """).Process(Wide);

        // 14 / 0.875 = 16, so 32 x 16; of that 9 to 22 and 1 to 14.
        PixelImage expected = Wide.Resize(32, 16, Resampling.Bicubic).Crop(9, 1, 14, 14);
        Assert.That(image.Pixels.Values, Is.EqualTo(expected.Values));
        Assert.That(Values(image)[0], Is.EqualTo(((expected.Values[0] / 255.0) - 0.485) / 0.229).Within(1e-6));
    }

    [Test]
    public void Large_images_of_ConvNext_are_not_cut() => Assert.That(
        Read("""{"image_processor_type": "ConvNextImageProcessor", "size": {"shortest_edge": 384}}""")
            .Process(Wide).Pixels.Values,
        Is.EqualTo(Wide.Resize(384, 384, Resampling.Bilinear).Values));

    [Test]
    public void A_center_crop_follows_the_resizing()
    {
        ProcessedImage image = Read("""
            {"size": {"shortest_edge": 20}, "do_center_crop": true, "crop_size": {"height": 16, "width": 16},
             "do_normalize": false, "do_rescale": false}
            """).Process(Wide);

        PixelImage expected = Wide.Resize(40, 20, Resampling.Bilinear).Crop(12, 2, 16, 16);
        Assert.That(Values(image)[..16], Is.EqualTo(
            Enumerable.Range(0, 16).Select(x => (float)expected.Values[x * 3])));
    }

    [Test]
    public void Without_a_file_values_go_from_minus_1_to_1_and_that_is_said()
    {
        ImagePreprocessing preprocessing = ImagePreprocessing.Load(_folder.Path, side: 8);

        Assert.That(preprocessing.Assumption, Does.Contain("resized to 8 x 8"));
        Assert.That(Values(preprocessing.Process(ImageFiles.Make(8, 8, (x, _) => (x == 0 ? 0 : 255, 0, 255))))[..2],
            Is.EqualTo(new[] { -1f, 1f }));
        _folder.Write("preprocessor_config.json", preprocessing.ToJson().ToJsonString());
        Assert.That(ImagePreprocessing.Load(_folder.Path, side: 99).Shape, Is.EqualTo(new ImageShape(3, 8, 8)));
    }

    [Test]
    public void Mirrored_and_moved_values_are_those_of_an_image_cut_out_of_a_black_frame()
    {
        PixelImage image = ImageFiles.Make(4, 3, (x, y) => (1 + x + (10 * y), 0, 0));
        ProcessedImage drawn = new(image, new PixelNormalization(1, [0, 0, 0], [1, 1, 1]))
        {
            IsMirrored = true, Right = 1, Down = -1,
        };

        // Mirrored about the middle after it was moved by one to the right and one up.
        Assert.That(Values(drawn)[..12], Is.EqualTo(new[] { 13f, 12, 11, 0, 23, 22, 21, 0, 0, 0, 0, 0 }));
    }

    [TestCase("""{"resample": 9}""", "resample is 9; expected 0 to 3")]
    [TestCase("""{"size": {"longest_edge": 9}}""", "size is {\"longest_edge\":9}; expected a number")]
    [TestCase("""{"size": 0}""", "size is 0; expected 1 to 8192")]
    [TestCase("""{"image_std": [1, 0, 1]}""", "image_std is [1,0,1]; expected three numbers other than 0")]
    [TestCase("""{"image_mean": 0.5}""", "image_mean is 0.5; expected three numbers")]
    [TestCase("""{"do_resize": 1}""", "do_resize is 1; expected true or false")]
    [TestCase("[1]", "a JSON object was expected")]
    [TestCase("{", "invalid JSON")]
    public void What_cannot_be_done_is_refused_by_the_field(string json, string message) =>
        Assert.That(() => Read(json), Throws.TypeOf<RunException>().With.Message.Contains(message));

    private ImagePreprocessing Read(string json)
    {
        _folder.Write("preprocessor_config.json", json);
        return ImagePreprocessing.Load(_folder.Path, side: 16);
    }

    private static float[] Values(ProcessedImage image)
    {
        float[] values = new float[image.Shape.Length];
        image.Write(values);
        return values;
    }
}
