using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Commands;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Methods;
using OrtTrainer.Options;

namespace OrtTrainer.Tests.Cli;

/// <summary>RAIL distillation from the command line.</summary>
public sealed class RailSettingsTests
{
    private const string Needed = "--model M --train T.csv --out O --method rail-distillation --teacher D";

    [Test]
    public void Every_option_reaches_the_method()
    {
        const string Words = "--label-weight 0.2 --teacher-weight 0.3 --intermediate-weight 0.5 --map-width 64 "
            + "--temperature 4 --temperature-squared no";

        FineTuneOptions options =
            FinetuneSettings.Of(ArgumentReader.Read<FinetuneArguments>($"{Needed} {Words}".Split(' ')));

        Assert.That(options.Method.Loss, Is.EqualTo(new RailDistillation
        {
            LabelWeight = 0.2, TeacherWeight = 0.3, IntermediateWeight = 0.5, MapWidth = 64, Temperature = 4,
            TemperatureSquared = false,
        }));
    }

    [TestCase("--map-width 0", "--map-width is 0; expected 1 or more.")]
    [TestCase("--label-weight -1", "--label-weight is -1; expected 0 or more.")]
    [TestCase("--alpha 0.5", "--alpha belongs to the method tf-reg or distillation or self-distillation or r-drop; ")]
    public void What_does_not_fit_is_refused_with_the_option_s_name(string words, string message)
    {
        CliRun run = CliRun.Of(["finetune", .. $"{Needed} {words}".Split(' ')]);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.StartWith($"error: {message}"));
    }
}
