using OrtTrainer.Cli;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Commands;
using OrtTrainer.Graph;
using OrtTrainer.Prediction;

namespace OrtTrainer.Tests.Cli;

public sealed class InferenceSettingsTests
{
    [Test]
    public void Without_a_threshold_that_of_the_model_holds_for_predict_and_for_serve()
    {
        Assert.That(InferenceSettings.Predictor(new PredictArguments()).Threshold, Is.Null);
        Assert.That(InferenceSettings.Predictor(new ServeArguments()).Threshold, Is.Null);
    }

    [Test]
    public void Options_are_taken_as_they_are_given()
    {
        PredictorOptions options = InferenceSettings.Predictor(new ServeArguments
        {
            Threshold = 0.25,
            NoAnswerThreshold = -1,
            MaxLength = 7,
            Stride = 3,
            Threads = 2,
            Adapter = "lora",
        });

        Assert.That(
            (options.Threshold, options.NoAnswerThreshold, options.MaxLength, options.Stride, options.Adapter),
            Is.EqualTo((0.25f, -1.0, 7, 3, "lora")));
        Assert.That(
            (options.Execution.IntraOpThreads, options.Precision), Is.EqualTo((2, Precision.Fp32)));
    }

    [Test]
    public void A_wrong_value_is_told_by_the_name_of_its_option() => Assert.That(
        () => InferenceSettings.Predictor(new ServeArguments { Threshold = 2 }),
        Throws.InstanceOf<UsageException>().With.Message.StartsWith("--threshold is 2"));
}
