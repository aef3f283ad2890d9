using System.Text.Json;
using OrtTrainer.Checkpoints;
using OrtTrainer.Prediction;

namespace OrtTrainer.Tests.Cli;

public sealed class ImageCommandTests
{
    private ShapeTask _shapes = null!;

    [SetUp]
    public void Make() => _shapes = new ShapeTask();

    [TearDown]
    public void Remove() => _shapes.Dispose();

    [Test]
    public void Images_are_learned_from_folders_of_classes_predicted_and_scored()
    {
        CliRun run = CliRun.Of(_shapes.Finetune("out", "--random-flip", "--random-crop", "1")).Succeeded();
        CliRun predicted = CliRun.Of("predict", "--model", _shapes.File("out"), "--input", _shapes.Eval).Succeeded();
        CliRun scored = CliRun.Of(
            "evaluate", "--model", _shapes.File("out"), "--data", _shapes.Eval, "--metric", "accuracy").Succeeded();

        Assert.That(run.Out, Does.Contain("24 train, 8 eval"));
        JsonElement[] lines = [.. predicted.Lines.Select(line => JsonDocument.Parse(line).RootElement)];
        Assert.That(lines.Select(line => Path.GetFileName(line.GetProperty("image").GetString())),
            Is.EqualTo(new[] { "00.png", "01.png", "02.png", "03.png", "00.png", "01.png", "02.png", "03.png" }));
        Assert.That(lines.Select(line => line.GetProperty("label").GetString()),
            Is.EqualTo(Enumerable.Repeat("lying", 4).Concat(Enumerable.Repeat("standing", 4))));
        Assert.That(scored.Out.Trim(), Is.EqualTo("1.0000"));
        Assert.That(
            Directory.GetFiles(_shapes.File("out")).Select(Path.GetFileName),
            Does.Contain("preprocessor_config.json").And.Not.Contain("tokenizer_config.json"));
    }

    [Test]
    public void One_image_is_an_input_of_its_own_and_a_table_names_many()
    {
        CliRun.Of(_shapes.Finetune("out", "--max-steps", "2")).Succeeded();
        string table = _shapes.Write("eval/list.csv", "image,label\nlying/00.png,lying\nstanding/03.png,standing\n");

        CliRun one = CliRun.Of("predict", "--model", _shapes.File("out"), "--input",
            Path.Combine(_shapes.Eval, "standing", "03.png")).Succeeded();
        CliRun two = CliRun.Of("predict", "--model", _shapes.File("out"), "--input", table).Succeeded();

        Assert.That(two.Lines, Has.Count.EqualTo(2));
        Assert.That(Scores(two.Lines[1]), Is.EqualTo(Scores(one.Lines[0])).Within(1e-6));
    }

    [Test]
    public void Weight_averaging_makes_another_model_of_the_same_run()
    {
        CliRun run = CliRun.Of(_shapes.Finetune("out", "--method", "swa", "--swa-start", "0.5")).Succeeded();

        Assert.That(run.Out, Does.Match(@"\n  averaged \(\d+\) +\d\.\d{4}"));
    }

    [TestCase("--random-flip --random-crop 2")]
    [TestCase("--random-flip --color-jitter 0.4 --mixup 0.2 --cutmix 1")]
    public void An_interrupted_run_goes_on_to_the_same_weights(string augmentation)
    {
        string[] options = [.. augmentation.Split(' '), "--max-steps", "9", "--eval-steps", "3"];
        CliRun.Of(_shapes.Finetune("whole", options)).Succeeded();
        CliRun cut = CliRun.InterruptedAt("\n   3   ", _shapes.Finetune("cut", options));
        CliRun.Of("finetune", "--resume", _shapes.File("cut")).Succeeded();

        Assert.That(cut.ExitCode, Is.EqualTo(130));
        Assert.That(Weights("cut"), Is.EqualTo(Weights("whole")));
    }

    [Test]
    public void An_export_without_data_at_hand_is_checked_on_random_pixels()
    {
        CliRun.Of(_shapes.Finetune("out", "--max-steps", "2")).Succeeded();

        CliRun export = CliRun.Of("export", "--model", _shapes.File("out"), "--out", _shapes.File("again")).Succeeded();

        Assert.That(export.Out, Does.Contain("16"));
        Assert.That(
            File.ReadAllBytes(OnnxModelFolder.ExportedGraph(_shapes.File("again"))), Has.Length.GreaterThan(1000));
    }

    [Test]
    public void Images_are_learned_from_a_teacher_or_from_one_of_their_own()
    {
        CliRun.Of(_shapes.Finetune("teacher", "--max-steps", "8")).Succeeded();

        CliRun taught = CliRun.Of(_shapes.Finetune(
            "out", "--max-steps", "4", "--method", "distillation", "--teacher", _shapes.File("teacher"))).Succeeded();
        CliRun alone = CliRun.Of(
            _shapes.Finetune("self", "--max-steps", "4", "--method", "self-distillation")).Succeeded();

        Assert.That(taught.Out, Does.Match(@"\nteacher +teacher; on the training data: accuracy \d\.\d{4}"));
        Assert.That(alone.Out, Does.Contain("The teacher is trained"));
    }

    [TestCase("--mixup", "0.2")]
    [TestCase("--cutmix", "1")]
    public void A_teacher_says_nothing_of_mixed_images(string option, string value)
    {
        CliRun run = CliRun.Of(_shapes.Finetune("out", option, value, "--method", "self-distillation"));

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain(
            "learns from what a teacher says of whole images. Leave one of the two out."));
    }

    [TestCase("classification", "model_type is 'vit', a model of images, but the task is classification")]
    public void A_task_on_texts_does_not_take_a_model_of_images(string task, string message)
    {
        CliRun run = CliRun.Of(_shapes.Finetune(task, 1, "out"));

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.Contain(message));
    }

    [Test]
    public void A_ResNet_is_averaged_with_statistics_of_its_own_and_exported_with_them()
    {
        _shapes.OfResNet();

        CliRun run = CliRun.Of(_shapes.Finetune("out", "--method", "swa", "--swa-start", "0.5")).Succeeded();
        CliRun scored = CliRun.Of(
            "evaluate", "--model", _shapes.File("out"), "--data", _shapes.Eval, "--metric", "accuracy").Succeeded();

        Assert.That(run.Out, Does.Match(@"\n  averaged \(\d+\) +1\.0000"));
        Assert.That(scored.Out.Trim(), Is.EqualTo("1.0000"));
        using SafetensorsFile weights = SafetensorsFile.OpenFile(
            Path.Combine(_shapes.File("out"), "model.safetensors"));
        const string Statistic = "resnet.encoder.stages.1.layers.0.layer.1.normalization.running_var";
        Assert.That(weights.TryGet(Statistic, out TensorInfo info));
        float[] variances = new float[info.ElementCount];
        weights.ReadFloats(Statistic, variances);
        Assert.That(variances, Is.All.Positive.And.None.EqualTo(1f));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void The_number_of_threads_does_not_change_a_bit(bool isResNet)
    {
        if (isResNet)
        {
            _shapes.OfResNet();
        }

        CliRun.Of(_shapes.Finetune("one", "--max-steps", "4")).Succeeded();
        string[] words = _shapes.Finetune("two", "--max-steps", "4");
        words[Array.IndexOf(words, "--threads") + 1] = "2";
        CliRun.Of(words).Succeeded();

        Assert.That(Tensors("two"), Is.EqualTo(Tensors("one")));
    }

    // Without the metadata, which name the run.
    private byte[] Tensors(string run)
    {
        byte[] file = Weights(run);
        return file[(8 + (int)BitConverter.ToInt64(file))..];
    }

    private byte[] Weights(string run) => File.ReadAllBytes(Path.Combine(_shapes.File(run), "model.safetensors"));

    private static double[] Scores(string line) =>
    [
        .. JsonDocument.Parse(line).RootElement.GetProperty("scores").EnumerateObject()
            .Select(score => score.Value.GetDouble()),
    ];
}
