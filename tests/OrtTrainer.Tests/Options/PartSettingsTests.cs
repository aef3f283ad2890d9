using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Options;

namespace OrtTrainer.Tests.Options;

public sealed class PartSettingsTests
{
    [Test]
    public void Every_record_of_a_method_s_settings_belongs_to_a_part()
    {
        // Class weights stand beside any loss.
        IEnumerable<string> records = typeof(FineTuneOptions).GetProperties()
            .Where(p => p.PropertyType.Namespace == typeof(LabelSmoothingOptions).Namespace && p.PropertyType.IsClass)
            .Where(p => p.PropertyType != typeof(ClassWeightOptions) && p.PropertyType != typeof(FineTuneMethod))
            .Select(p => JsonNamingPolicy.SnakeCaseLower.ConvertName(p.Name));

        Assert.That(PartSettings.ByPart.Values.Distinct(), Is.EquivalentTo(records));
        Assert.That(PartSettings.ByPart.Keys, Is.SubsetOf(FineTuneMethod.Words));
    }

    [TestCase("finetune")]
    [TestCase("r-drop", "r_drop")]
    [TestCase("self-distillation+sam+lawa", "distillation", "sam", "lawa")]
    public void A_method_reads_the_records_of_its_parts(string method, params string[] records) =>
        Assert.That(PartSettings.Of(FineTuneMethod.Parse(method)), Is.EquivalentTo(records));

    [Test]
    public void Options_are_written_without_what_the_method_does_not_read()
    {
        FineTuneOptions options = new()
        {
            Model = "m", Output = "o", Data = new() { Train = "t" }, Method = FineTuneMethod.Parse("focal+swa"),
            Focal = new() { Gamma = 3 }, Sam = new() { Rho = 0.2 },
        };

        string json = options.ToJson().ToJsonString(RunJson.Options);

        Assert.That(json, Does.Contain("\"focal\":{\"gamma\":3}").And.Not.Contain("sam").And.Not.Contain("tf_reg"));
        FineTuneOptions read = JsonSerializer.Deserialize<FineTuneOptions>(json, RunJson.Options)!;
        Assert.That(read.Focal, Is.EqualTo(options.Focal));
        Assert.That(read.Sam, Is.EqualTo(new SamOptions()), "without effect in this run");
    }
}
