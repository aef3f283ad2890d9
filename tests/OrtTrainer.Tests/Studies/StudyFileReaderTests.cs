using System.Text.Json.Nodes;
using OrtTrainer.Studies;

namespace OrtTrainer.Tests.Studies;

/// <summary>What a study file says is taken as it is, or refused with the place.</summary>
public sealed class StudyFileReaderTests
{
    private TinyStudy _study = null!;

    [SetUp]
    public void Make() => _study = new TinyStudy();

    [TearDown]
    public void Remove() => _study.Dispose();

    [Test]
    public void Half_of_a_surrogate_pair_is_refused_with_its_line()
    {
        string file = _study.Write("{\n// What it is about.\n\"name\": \"half \\ud83d\"\n}");

        Assert.That(() => StudyFileReader.Read(file), Throws.TypeOf<StudyException>().With.Message.EqualTo(
            $"{file} (line 3): this is no JSON: a string holds half of a surrogate pair (half \\ud83d), which is no " +
            "character. Complete the pair or take it out."));
    }

    [Test]
    public void A_file_with_comments_and_trailing_commas_is_read()
    {
        string file = _study.Write("""
            {
              // What it is about.
              "name": "small", "description": "two methods", "baseline": "plain", "seeds": [3, 1],
              "models": { "bert": { "model": "model" } },
              "tasks": { "topics": { "data": { "train": "train.tsv" }, "metrics": ["accuracy"] }, },
              "methods": { "plain": {}, "ema": { "method": "ema", "ema": { "decay": 0.9 } } },
            }
            """);

        StudyFile study = StudyFileReader.Read(file);

        Assert.That((study.Name, study.Description, study.Baseline), Is.EqualTo(("small", "two methods", "plain")));
        Assert.That(study.Seeds, Is.EqualTo(new long[] { 3, 1 }));
        Assert.That(study.Methods.Keys, Is.EqualTo(new[] { "plain", "ema" }));
        Assert.That(study.Initializations.Keys, Is.EqualTo(new[] { "pretrained" }));
        Assert.That(study.Metrics["topics"], Is.EqualTo(new[] { "accuracy" }));
        Assert.That((string)study.Tasks["topics"]["data"]!["train"]!,
            Is.EqualTo(Path.Combine(_study.Folder, "train.tsv")));
    }

    [Test]
    public void A_place_is_named_with_its_line()
    {
        string file = _study.Write("""
            {
              "name": "small", "baseline": "plain", "seeds": [1],
              "models": { "bert": { "model": "model" } },
              "tasks": { "topics": { "data": { "train": "train.tsv" } } },
              "methods": {
                "plain": {},
                "fast": {
                  "learning_rat": 1
                }
              }
            }
            """);

        Assert.That(() => StudyFileReader.Read(file), Throws.TypeOf<StudyException>().With.Message.EqualTo(
            $"{file}: methods.fast.learning_rat (line 8): learning_rat is unknown; did you mean learning_rate?"));
    }

    [TestCase("seedz", "[1]", "seedz (line 1): seedz is unknown; did you mean seeds?")]
    [TestCase("keep", "\"model\"", "keep (line 1): found 'model'; expected models or results.")]
    [TestCase("name", "7", "name (line 1): found 7; expected text.")]
    [TestCase("seeds", "[]", "seeds (line 1): expected a list of seeds with at least one entry, in brackets.")]
    [TestCase("seeds", "[1, 2, 1]", "the seed 1 is there twice; a run repeated is no evidence.")]
    [TestCase("seeds", "[1.5]", "found 1.5; expected whole numbers.")]
    [TestCase("methods", "{}", "methods (line 1): the grid is empty: name at least one of methods.")]
    [TestCase("models", "{}", "models (line 1): the grid is empty: name at least one of models.")]
    [TestCase("tasks", "null", "tasks (line 1): expected an object in braces.")]
    [TestCase("methods", """{ "finetune": 3 }""", "methods.finetune (line 1): expected an object of options")]
    [TestCase("baseline", "\"finetun\"", "there is no method 'finetun'; did you mean finetune?")]
    [TestCase("methods", """{ "finetune": {}, "Fine-Tune": {}, "fine tune": {} }""",
        "'fine tune' and 'Fine-Tune' are too alike: the folders of both would be fine-tune.")]
    [TestCase("methods", """{ "finetune": {}, "!": {} }""", "a name needs at least one letter or digit")]
    [TestCase("defaults", """{ "output": "x" }""", "defaults.output (line 1): output cannot be set here: every run")]
    [TestCase("defaults", """{ "seed": 1 }""", "the seeds of all runs stand under seeds")]
    [TestCase("defaults", """{ "threads": 1 }""", "--threads and --jobs decide it")]
    [TestCase("defaults", """{ "metric": "accuracy" }""", "list metrics under the task; the first decides")]
    [TestCase("defaults", """{ "epochs": -1 }""", "defaults.epochs (line 1): Epochs is -1; expected above 0.")]
    [TestCase("defaults", """{ "epochs": "many" }""", "defaults.epochs (line 1): epochs is a text; expected a number.")]
    [TestCase("defaults", """{ "data": { "tran": "x" } }""",
        "defaults.data.tran (line 1): data.tran is unknown; did you mean train?")]
    [TestCase("defaults", """{ "data": null }""",
        "defaults.data (line 1): data is null; expected an object in braces.")]
    [TestCase("defaults", """{ "method": null }""",
        "defaults.method (line 1): method is null; expected a text in quotes.")]
    [TestCase("methods", """{ "finetune": { "swa": null } }""",
        "methods.finetune.swa (line 1): swa is null; expected an object in braces.")]
    [TestCase("methods", """{ "finetune": null }""", "methods.finetune (line 1): expected an object of options")]
    [TestCase("defaults", """{ "ema": { "decay": 2 } }""",
        "defaults (line 1): Decay is 2; expected from 0 to below 1.")]
    [TestCase("defaults", """{ "ema": { "dekay": 0.5 } }""", "ema.dekay is unknown; did you mean decay?")]
    [TestCase("overrides", """[{ "where": { "method": "swa" } }]""", "overrides[0] (line 1): set is missing")]
    [TestCase("overrides", """[{ "set": { "epochs": 1 } }]""", "overrides[0] (line 1): where is missing")]
    [TestCase("overrides", """[{ "where": { "methd": "swa" }, "set": {} }]""",
        "methd is unknown; did you mean method?")]
    [TestCase("skip", """[{ "method": "sva" }]""", "skip[0].method (line 1): there is no method 'sva'")]
    [TestCase("skip", """[{}]""", "skip[0] (line 1): expected an object that names cells")]
    [TestCase("skip", """[]""", "skip (line 1): expected a list of cells")]
    [TestCase("overrides", """[{ "where": { "method": "sva" }, "set": {} }]""", "no method 'sva'; did you mean swa?")]
    [TestCase("choose", """{ "learning_rate": [1e-4, 2e-4], "seeds": [2, 9] }""",
        "2 is a seed of the study as well; runs that choose must not be runs that count.")]
    [TestCase("choose", """{ "learning_rate": [1e-4], "seeds": [9] }""", "name an option and at least two values")]
    [TestCase("choose", """{ "learning_rate": [1e-4, -1], "seeds": [9] }""", "LearningRate is -1; expected 0 or more.")]
    [TestCase("choose", """{ "learning_rate": [1e-4, 2e-4] }""", "choose.seeds (line 1): expected a list of seeds")]
    public void What_is_wrong_is_refused_with_the_place(string key, string value, string message)
    {
        _study.Json[key] = JsonNode.Parse(value);

        Assert.That(() => StudyFileReader.Read(_study.File),
            Throws.TypeOf<StudyException>().With.Message.Contains(message).And.Message.StartsWith(_study.Folder));
    }

    [TestCase("name", "name: give the study a name.")]
    [TestCase("baseline", "baseline: name the method to compare the others with.")]
    [TestCase("models", "models: the grid is empty")]
    [TestCase("seeds", "seeds: expected a list of seeds")]
    public void What_is_missing_is_named(string key, string message)
    {
        _study.Json.Remove(key);

        Assert.That(() => StudyFileReader.Read(_study.File),
            Throws.TypeOf<StudyException>().With.Message.Contains(message));
    }

    [TestCase("{ \"name\": ", "(line 1): this is no JSON")]
    [TestCase("{ \"name\": \"a\",\n \"name\": \"b\" }", "this is no JSON: ")]
    [TestCase("[1]", "expected a JSON object that describes a study.")]
    public void What_is_no_study_is_refused(string text, string message)
    {
        string file = _study.Write(text);

        Assert.That(() => StudyFileReader.Read(file), Throws.TypeOf<StudyException>().With.Message.Contains(message));
    }

    [Test]
    public void A_missing_file_is_refused() =>
        Assert.That(() => StudyFileReader.Read(_study.Output("nothing.json")),
            Throws.TypeOf<StudyException>().With.Message.Contains("the study file cannot be read"));

    [Test]
    public void Files_that_it_names_must_be_there()
    {
        _study.Json["tasks"]!["topics"]!["data"]!["eval"] = "gone.tsv";

        Assert.That(() => _study.Plan(), Throws.TypeOf<StudyException>().With.Message.EndsWith(
            $"tasks.topics.data.eval (line 1): {Path.Combine(_study.Folder, "gone.tsv")} is not there; " +
            "paths are relative to the study file's folder."));
    }
}
