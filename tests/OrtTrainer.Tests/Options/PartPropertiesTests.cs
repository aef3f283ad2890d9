using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Options;

namespace OrtTrainer.Tests.Options;

/// <summary>The settings of methods in the JSON of a run's options.</summary>
public sealed class PartPropertiesTests
{
    private static readonly FineTuneOptions Plain = new()
    {
        Model = "m", Output = "o", Data = new() { Train = "t" }, Method = FineTuneMethod.FineTune,
    };

    private static IEnumerable<MethodPart> Parts => MethodRegistry.Parts;

    [TestCaseSource(nameof(Parts))]
    public void Settings_stand_under_the_name_of_their_part_and_come_back(MethodPart part)
    {
        FineTuneOptions options = Plain with { Method = FineTuneMethod.Of(part) };

        JsonDocument json = JsonDocument.Parse(options.ToJson().ToJsonString(RunJson.Options));

        Assert.That(json.RootElement.GetProperty("method").GetString(), Is.EqualTo(part.Word));
        Assert.That(json.RootElement.GetProperty(part.Key).EnumerateObject(), Is.Not.Empty);
        Assert.That(Parts.Count(other => json.RootElement.TryGetProperty(other.Key, out _)), Is.EqualTo(1));
        Assert.That(json.Deserialize<FineTuneOptions>(RunJson.Options), Is.EqualTo(options));
    }

    [Test]
    public void A_part_may_be_named_in_any_order_and_partly()
    {
        FineTuneOptions read = JsonSerializer.Deserialize<FineTuneOptions>(
            """
            { "swag": { "samples": 3 }, "focal": { "gamma": 3 }, "method": "swag+focal",
              "model": "m", "output": "o", "data": { "train": "t" } }
            """, RunJson.Options)!;

        Assert.That(read.Method, Is.EqualTo(FineTuneMethod.Of(new Focal { Gamma = 3 }, new Swag { Samples = 3 })));
    }

    [TestCaseSource(nameof(Parts))]
    public void Settings_of_a_part_that_does_not_run_are_refused(MethodPart part) => Assert.That(
        () => JsonSerializer.Deserialize<FineTuneOptions>(
            $$"""
            { "model": "m", "output": "o", "data": { "train": "t" }, "method": "finetune", "{{part.Key}}": {} }
            """, RunJson.Options),
        Throws.TypeOf<JsonException>().With.Message.StartsWith($"{part.Key} holds settings of the method " +
            $"{part.Word}; the method is finetune. Leave them out, or make {part.Word} a part of the method."));

    [Test]
    public void Every_setting_of_a_method_is_an_option_of_the_command_line()
    {
        foreach (MethodPart part in Parts)
        {
            Assert.That(
                RunSetting.All.Where(setting => setting.Owner == part).Select(setting => setting.Property.Name),
                Is.EquivalentTo(part.GetType().GetProperties().Select(property => property.Name)), part.Word);
        }
    }
}
