using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.ImageClassification;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Images;

namespace OrtTrainer.Tests.Tasks.ImageClassification;

public sealed class ImageClassificationTaskTests
{
    private const string Config =
        """{"model_type": "vit", "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, """
        + """ "intermediate_size": 16, "image_size": 16, "patch_size": 8}""";

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void Folders_are_classes_and_their_images_come_in_the_order_of_names()
    {
        foreach (string name in new[] { "data/dog/b.png", "data/dog/a.png", "data/cat/deep/c.png" })
        {
            ImageFiles.Save(ImageFiles.Make(2, 2, (_, _) => (0, 0, 0)), _folder.File(name));
        }

        _folder.Write("data/dog/notes.txt", "no image");

        Dataset data = Read(_folder.File("data"));

        Assert.That(data.Labels!.Names, Is.EqualTo(new[] { "cat", "dog" }));
        Assert.That(data.Examples.Select(example => Path.GetFileName(example.Text)),
            Is.EqualTo(new[] { "c.png", "a.png", "b.png" }));
    }

    [Test]
    public void A_file_of_CIFAR_10_has_a_class_and_three_planes_for_each_image()
    {
        byte[] bytes = new byte[2 * 3073];
        bytes[0] = 1;
        bytes[1] = 11;
        bytes[1 + 1024] = 22;
        bytes[1 + 2048] = 33;
        bytes[3073] = 0;
        bytes[3073 + 1 + 5] = 44;
        File.WriteAllBytes(_folder.File("data_batch_1.bin"), bytes);
        _folder.Write("batches.meta.txt", "airplane\nbird\n\n");

        ImageExample[] examples = [.. Read(_folder.Path).Examples.Cast<ImageExample>()];

        Assert.That(examples.Select(example => example.Label), Is.EqualTo(new[] { "bird", "airplane" }));
        Assert.That(examples[0].Read().Values[..3], Is.EqualTo(new byte[] { 11, 22, 33 }));
        Assert.That(examples[1].Read().Values[5 * 3], Is.EqualTo(44));
    }

    [Test]
    public void A_file_of_CIFAR_100_has_the_fine_class_second()
    {
        byte[] bytes = new byte[2 * 3074];
        (bytes[0], bytes[1], bytes[3074], bytes[3075]) = (9, 1, 9, 0);
        File.WriteAllBytes(_folder.File("train.bin"), bytes);
        _folder.Write("fine_label_names.txt", "apple\nbear\n");

        Assert.That(Read(_folder.File("train.bin")).Examples.Select(example => example.Label),
            Is.EqualTo(new[] { "bear", "apple" }));
    }

    [Test]
    public void A_cut_file_of_CIFAR_is_refused_by_its_length()
    {
        File.WriteAllBytes(_folder.File("test_batch.bin"), new byte[3000]);

        Assert.That(() => Read(_folder.File("test_batch.bin")), Throws.TypeOf<DataFileException>()
            .With.Message.Contains("the file has 3000 bytes; expected a multiple of 3073"));
    }

    [Test]
    public void Images_beside_the_folders_of_classes_have_none()
    {
        ImageFiles.Save(ImageFiles.Make(2, 2, (_, _) => (0, 0, 0)), _folder.File("data/a.png"));

        Assert.That(() => Read(_folder.File("data")), Throws.TypeOf<DataFileException>()
            .With.Message.Contains("a.png lies beside the folders of classes"));
    }

    [Test]
    public void One_class_teaches_nothing()
    {
        ImageFiles.Save(ImageFiles.Make(2, 2, (_, _) => (0, 0, 0)), _folder.File("data/cat/a.png"));

        Assert.That(() => Read(_folder.File("data")), Throws.TypeOf<DataFileException>()
            .With.Message.Contains("cat"));
    }

    [Test]
    public void A_class_of_one_image_is_not_split_off()
    {
        foreach (string name in new[] { "data/dog/a.png", "data/cat/b.png", "data/cat/c.png", "data/cat/d.png" })
        {
            ImageFiles.Save(ImageFiles.Make(2, 2, (_, _) => (0, 0, 0)), _folder.File(name));
        }

        DataSplits splits = LabeledData.Load(Options(_folder.File("data")) with { EvalFraction = 0.25 });

        Assert.That(splits.Train.Examples.Select(example => example.Label), Does.Contain("dog"));
    }

    [Test]
    public void An_image_that_cannot_be_read_is_named()
    {
        _folder.Write("data/cat/a.png", "this is no image");
        ImageFiles.Save(ImageFiles.Make(2, 2, (_, _) => (0, 0, 0)), _folder.File("data/dog/b.png"));
        _folder.Write("model/config.json", Config);
        ModelTask task = ImageClassificationTask.Instance.For(ModelConfig.Load(_folder.File("model")));

        Assert.That(
            () => task.Encode(Read(_folder.File("data")), NoTokenizer.Instance, 16, 2),
            Throws.TypeOf<DataFileException>().With.Message.Contains("a.png: this is no image"));
    }

    [Test]
    public void Sizes_of_model_and_preprocessing_must_agree()
    {
        _folder.Write("model/config.json", Config);
        _folder.Write("model/preprocessor_config.json", """{"size": 32}""");

        Assert.That(
            () => ImageClassificationTask.Instance.For(ModelConfig.Load(_folder.File("model"))),
            Throws.TypeOf<OrtTrainer.Common.RunException>().With.Message.Contains(
                "takes images of 3 x 16 x 16, but preprocessor_config.json makes 3 x 32 x 32"));
    }

    private static DataOptions Options(string path) =>
        new() { Train = path, Task = ImageClassificationTask.Instance };

    private static Dataset Read(string path) => LabeledData.LoadTrain(Options(path));
}
