using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Methods;

namespace OrtTrainer.Tests.Methods;

public sealed class FineTuneMethodTests
{
    [TestCase("finetune", null, null, "finetune")]
    [TestCase("fine_tune", null, null, "finetune")]
    [TestCase("SWA", null, typeof(Swa), "swa")]
    [TestCase("swa + Distillation", typeof(Distillation), typeof(Swa), "distillation+swa")]
    [TestCase("swa+RAIL_distillation", typeof(RailDistillation), typeof(Swa), "rail-distillation+swa")]
    [TestCase("R_Drop", typeof(RDrop), null, "r-drop")]
    [TestCase("finetune+ema", null, typeof(Ema), "ema")]
    public void A_method_is_read_from_its_parts_and_written_in_one_order(
        string text, Type? loss, Type? average, string written)
    {
        FineTuneMethod method = FineTuneMethod.Parse(text);

        Assert.That((method.Loss?.GetType(), method.Average?.GetType()), Is.EqualTo((loss, average)));
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
    public void Parts_with_settings_make_a_method_in_any_order()
    {
        FineTuneMethod method = FineTuneMethod.Of(new Swa { Start = 0.2 }, new Focal { Gamma = 1 });

        Assert.That(method.Parts, Is.EqualTo(new MethodPart[] { new Focal { Gamma = 1 }, new Swa { Start = 0.2 } }));
        Assert.That(() => FineTuneMethod.Of(new Swa(), new Ema()), Throws.ArgumentException);
        Assert.That(method.Set(new Swa { Start = 0.3 })!.Average, Is.EqualTo(new Swa { Start = 0.3 }));
        Assert.That(method.Set(new Swag()), Is.Null, "it has another average");
    }

    [Test]
    public void In_JSON_it_is_one_string()
    {
        FineTuneMethod method = FineTuneMethod.Of(new TfReg(), new Swa());

        string json = JsonSerializer.Serialize(method, RunJson.Options);

        Assert.That(json, Is.EqualTo("\"tf-reg+swa\""));
        Assert.That(JsonSerializer.Deserialize<FineTuneMethod>(json, RunJson.Options), Is.EqualTo(method));
        Assert.That(() => JsonSerializer.Deserialize<FineTuneMethod>("\"x\"", RunJson.Options),
            Throws.InstanceOf<JsonException>().With.Message.Contains("Method is 'x'"));
    }
}
