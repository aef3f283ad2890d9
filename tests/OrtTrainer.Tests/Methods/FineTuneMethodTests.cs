using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Methods;

namespace OrtTrainer.Tests.Methods;

public sealed class FineTuneMethodTests
{
    [TestCase("finetune", ObjectiveKind.Labels, AveragingKind.None, "finetune")]
    [TestCase("fine_tune", ObjectiveKind.Labels, AveragingKind.None, "finetune")]
    [TestCase("SWA", ObjectiveKind.Labels, AveragingKind.Swa, "swa")]
    [TestCase("swa + Distillation", ObjectiveKind.Distillation, AveragingKind.Swa, "distillation+swa")]
    [TestCase("swa+RAIL_distillation", ObjectiveKind.RailDistillation, AveragingKind.Swa, "rail-distillation+swa")]
    [TestCase("R_Drop", ObjectiveKind.RDrop, AveragingKind.None, "r-drop")]
    [TestCase("finetune+ema", ObjectiveKind.Labels, AveragingKind.Ema, "ema")]
    public void A_method_is_read_from_its_parts_and_written_in_one_order(
        string text, ObjectiveKind objective, AveragingKind averaging, string written)
    {
        FineTuneMethod method = FineTuneMethod.Parse(text);

        Assert.That((method.Objective, method.Averaging), Is.EqualTo((objective, averaging)));
        Assert.That(method.ToString(), Is.EqualTo(written));
        Assert.That(FineTuneMethod.Parse(written), Is.EqualTo(method));
    }

    [Test]
    public void Every_word_stands_for_a_method_of_its_own()
    {
        Assert.That(FineTuneMethod.Words.Select(w => FineTuneMethod.Parse(w).ToString()),
            Is.EqualTo(FineTuneMethod.Words).And.Unique);
    }

    [TestCase("swa+ema", "swa and ema exclude each other")]
    [TestCase("tf-reg+focal", "tf-reg and focal exclude each other")]
    [TestCase("distilation", "Did you mean distillation?")]
    [TestCase("", "Method is ''")]
    public void What_makes_no_method_is_refused_in_words(string text, string message) => Assert.That(
        () => FineTuneMethod.Parse(text), Throws.ArgumentException.With.Message.Contains(message));

    [Test]
    public void In_JSON_it_is_one_string()
    {
        FineTuneMethod method = FineTuneMethod.Swa with { Objective = ObjectiveKind.TfReg };

        string json = JsonSerializer.Serialize(method, RunJson.Options);

        Assert.That(json, Is.EqualTo("\"tf-reg+swa\""));
        Assert.That(JsonSerializer.Deserialize<FineTuneMethod>(json, RunJson.Options), Is.EqualTo(method));
        Assert.That(() => JsonSerializer.Deserialize<FineTuneMethod>("\"x\"", RunJson.Options),
            Throws.InstanceOf<JsonException>().With.Message.Contains("Method is 'x'"));
    }
}
