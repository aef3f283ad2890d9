using System.Text.Json.Nodes;
using OrtTrainer.Studies;
using OrtTrainer.Studies.Tuning;

namespace OrtTrainer.Tests.Studies.Tuning;

/// <summary>What a search's file may say.</summary>
public sealed class TuneFileReaderTests
{
    [Test]
    public void Lists_and_ranges_become_dimensions()
    {
        TuneFile file = Read("""
            {"search": {"learning_rate": {"log": [1e-5, 5e-4]}, "epochs": [2, 3, 5], "max_length": {"int": [16, 64]},
             "method": ["finetune", "swa"], "swa.start": {"linear": [0.3, 0.9]}, "dropout": [null, 0.1]}}
            """);

        Assert.That(file.Dimensions.Select(dimension => dimension.Name), Is.EqualTo(new[]
        {
            "learning_rate", "epochs", "max_length", "method", "swa.start", "dropout",
        }));
        Assert.That(((RangeDimension)file.Dimensions[0]).Scale, Is.EqualTo(RangeScale.Log));
        Assert.That(file.Dimensions[4].Part(0.5).ToJsonString(), Is.EqualTo("""{"swa":{"start":0.5}}"""));
        Assert.That(file.Seed, Is.EqualTo(1));
    }

    [TestCase("""{"search": {}}""", "name a setting to vary")]
    [TestCase("""{"search": {"learning_rat": [1, 2]}}""", "learning_rat is unknown; did you mean learning_rate?")]
    [TestCase("""{"search": {"epochs": [3]}}""", "expected two values or more")]
    [TestCase("""{"search": {"epochs": [3, 3]}}""", "all different")]
    [TestCase("""{"search": {"warmup": {"log": [0, 0.1]}}}""", "a logarithmic range lies above 0")]
    [TestCase("""{"search": {"warmup": {"linear": [0.2, 0.1]}}}""", "from its lower end to its upper one")]
    [TestCase("""{"search": {"max_length": {"int": [16.5, 64]}}}""", "the ends of int are whole numbers")]
    [TestCase("""{"search": {"warmup": {"linear": [0, 2]}}}""", "warmup")]
    [TestCase("""{"search": {"warmup": {"square": [0, 0.1]}}}""", "expected a list of values, or a range such as")]
    [TestCase("""{"search": {"epochs": [2, 3]}, "defaults": {"eval_steps": 5}}""", "trials are scored where they may")]
    [TestCase("""{"search": {"epochs": [2, 3]}, "sead": 5}""", "sead is unknown; did you mean seed?")]
    [TestCase("""{"search": {"epochs": [2, 3]}, "seed": "x"}""", "expected a whole number")]
    [TestCase("""{"search": {"seed": [2, 3]}}""", "seed cannot be set here")]
    public void What_is_wrong_is_said(string text, string expected) =>
        Assert.That(() => Read(text), Throws.TypeOf<StudyException>().With.Message.Contains(expected));

    [Test]
    public void Settings_given_are_not_varied_by_default()
    {
        JsonObject search = DefaultSearch.Of(new JsonObject { ["epochs"] = 4, ["method"] = "ema" });

        Assert.That(search.Select(pair => pair.Key),
            Is.EqualTo(new[] { "learning_rate", "batch_size", "dropout", "warmup" }));
    }

    private static TuneFile Read(string text) =>
        TuneFileReader.Of("search.json", Path.GetTempPath(), JsonNode.Parse(text)!.AsObject());
}
