using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Prediction;

namespace OrtTrainer.Tests.Checkpoints;

public sealed class ModelFolderTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void A_folder_that_is_missing_is_told_with_one_that_was_meant()
    {
        Directory.CreateDirectory(_folder.File("mails-1"));

        Assert.That(
            () => Predictor.Open(_folder.File("mail-1")),
            Throws.InstanceOf<RunException>().With.Message.EqualTo(
                $"{_folder.File("mail-1")}: there is no such folder. Did you mean mails-1? Give a folder in Hugging "
                + "Face layout: config.json, weights and tokenizer files."));
    }

    [Test]
    public void A_file_is_told_from_a_folder() => Assert.That(
        () => Predictor.Open(_folder.Write("model.onnx", "")),
        Throws.InstanceOf<RunException>().With.Message.Contains("is a file; a model is the folder that holds it"));

    [Test]
    public void A_run_that_has_not_ended_is_told_with_how_to_go_on()
    {
        Directory.CreateDirectory(_folder.File("run"));
        _folder.Write("run/options.json", "{}");

        Assert.That(
            () => Predictor.Open(_folder.Path),
            Throws.InstanceOf<RunException>().With.Message.Contains("orttrainer finetune --resume"));
    }
}
