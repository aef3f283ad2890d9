using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.ML.Tokenizers;
using OrtTrainer.Options;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.TokenClassification;
using OrtTrainer.Tests.Cli;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Tasks.TokenClassification;

/// <summary>From a file of tagged words to entities in plain text.</summary>
public sealed class FinetuneTagsTests
{
    private const string Text = "🙂 Bob flew  to New York.";

    private PlaceTask _places = null!;
    private CliRun _run = null!;

    [OneTimeSetUp]
    public void Finetune()
    {
        _places = new PlaceTask();
        _run = CliRun.Of(
            "finetune", "--task", "token-classification", "--model", _places.Model, "--train", _places.Train,
            "--eval", _places.Eval, "--batch-size", "4", "--epochs", "60", "--lr", "0.02",
            "--max-length", "16", "--threads", "1", "--json", "--out", _places.Output).Succeeded();
    }

    [OneTimeTearDown]
    public void Remove() => _places.Dispose();

    [Test]
    public void Live_and_averaged_weights_are_scored_in_entities()
    {
        JsonElement evaluated = _run.Lines.Select(Parse)
            .Last(e => e.GetProperty("event").GetString() == "evaluated");
        Assert.That(evaluated.GetProperty("live").GetProperty("f1").GetDouble(), Is.EqualTo(1));
        Assert.That(evaluated.GetProperty("averaged").GetProperty("f1").GetDouble(), Is.EqualTo(1));
    }

    [Test]
    public void The_configuration_names_the_class_and_the_tags()
    {
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(_places.Output, "config.json")))!;
        Assert.That(config["architectures"]!.ToJsonString(), Is.EqualTo("""["BertForTokenClassification"]"""));
        Assert.That(config["id2label"]!.ToJsonString(),
            Is.EqualTo("""{"0":"B-LOC","1":"B-PER","2":"I-LOC","3":"O"}"""));
        Assert.That(config["problem_type"], Is.Null);
    }

    [Test]
    public void The_exported_model_scores_as_it_did_in_training()
    {
        string folder = _places.Output;
        JsonElement summary = Parse(File.ReadAllText(Path.Combine(folder, "run", "summary.json")));
        bool average = summary.GetProperty("exported").GetString() == "averaged";
        JsonElement trained = summary.GetProperty(average ? "eval_averaged" : "eval_live");
        CliRun run = CliRun.Of("evaluate", "--model", folder, "--data", _places.Eval, "--json").Succeeded();

        JsonElement values = Parse(run.Out).GetProperty("values");
        foreach (string score in new[] { "loss", "f1", "precision", "recall", "accuracy" })
        {
            Assert.That(values.GetProperty(score).GetDouble(),
                Is.EqualTo(trained.GetProperty(score).GetDouble()).Within(1e-5), score);
        }
    }

    [Test]
    public void Entities_of_plain_text_have_places_in_code_points()
    {
        CliRun run = CliRun.WithInput(Text + "\nfar\n", "predict", "--model", _places.Output, "--input", "-")
            .Succeeded();

        JsonElement[] entities = [.. Parse(run.Lines[0]).GetProperty("entities").EnumerateArray()];
        Assert.That(entities.Select(entity => (
            entity.GetProperty("text").GetString(), entity.GetProperty("type").GetString(),
            entity.GetProperty("start").GetInt32(), entity.GetProperty("end").GetInt32())), Is.EqualTo(new[]
        {
            ("Bob", "PER", 2, 5), ("New York", "LOC", 15, 23),
        }));
        Assert.That(entities.Select(entity => entity.GetProperty("score").GetDouble()), Is.All.InRange(0.5, 1));
        Assert.That(run.Lines[1], Is.EqualTo("""{"entities":[]}"""));
    }

    [Test]
    public void The_library_gives_the_same_entities()
    {
        using Predictor predictor = Predictor.Open(_places.Output);
        TextPrediction prediction = predictor.Predict(Text);

        Assert.That(prediction.Spans.Select(entity => (entity.Text, entity.Type, entity.Place)), Is.EqualTo(new[]
        {
            ("Bob", "PER", new TextRange(2, 5)), ("New York", "LOC", new TextRange(15, 23)),
        }));
        Assert.That(prediction.Labels, Is.EqualTo(new[] { "PER", "LOC" }));
        Assert.That(() => predictor.Predict("Bob", "Paris"),
            Throws.ArgumentException.With.Message.Contains("found a pair"));
    }

    [Test]
    public void Evaluation_says_what_is_read_in_windows()
    {
        CliRun run = CliRun.Of("evaluate", "--model", _places.Output, "--data", _places.Eval, "--max-length", "8");

        Assert.That(run.ExitCode, Is.Zero);
        Assert.That(run.Error, Is.EqualTo($"note: {_places.Eval}: 1 of 5 examples are longer than 8 tokens and read in "
            + "windows: 6 inputs in all.\n"));
    }

    [Test]
    public void A_long_text_is_read_whole()
    {
        using Predictor predictor = Predictor.Open(_places.Output, new PredictorOptions { MaxLength = 6 });
        TextPrediction prediction = predictor.Predict(Text);

        Assert.That(prediction.IsCut, Is.False);
        Assert.That(prediction.Spans.Select(entity => (entity.Text, entity.Place.Start)),
            Is.EqualTo(new[] { ("Bob", 2), ("New York", 15) }));
    }

    [Test]
    public void Files_of_a_word_a_line_score_the_same()
    {
        string file = _places.Write("eval.conll", """
            Ada U-PER
            flew O
            to O
            New B-LOC
            York L-LOC
            . O

            far O
            """);
        CliRun run = CliRun.Of("evaluate", "--model", _places.Output, "--data", file);

        Assert.That(run.ExitCode, Is.Zero);
        Assert.That(run.Out, Does.Contain("PER_f1").And.Contain("LOC_recall"));
        Assert.That(run.Error, Does.Contain("the tags of 1 of 2 examples have marks for the last or only word"));
    }

    [Test]
    public void A_tokenizer_that_gives_no_places_is_refused_before_anything_is_made()
    {
        ExternalTokenizer theirs = new(BertTokenizer.Create(Path.Combine(_places.Model, "vocab.txt")));
        string output = Path.Combine(_places.Output, "other");
        FineTuneOptions options = new()
        {
            Model = _places.Model, Output = output,
            Data = new DataOptions { Train = _places.Train, Task = TokenClassificationTask.Instance },
        };
        const string Refusal = "Token classification needs the place of every token in its text, which "
            + "ExternalTokenizer does not give. Use the tokenizer of the model's folder. (Parameter 'tokenizer')";

        Assert.That(() => FineTuner.Run(options, theirs),
            Throws.TypeOf<ArgumentException>().With.Message.EqualTo(Refusal));
        Assert.That(Directory.Exists(output), Is.False);
        Assert.That(() => Predictor.Open(_places.Output, theirs),
            Throws.TypeOf<ArgumentException>().With.Message.EqualTo(Refusal));
    }

    [Test]
    public void Words_given_as_tokens_keep_their_borders()
    {
        string file = _places.Write("words.jsonl", """{"tokens": ["Paris", "is", "far"]}""");
        CliRun run = CliRun.Of("predict", "--model", _places.Output, "--input", file).Succeeded();

        Assert.That(run.Out,
            Does.StartWith("""{"entities":[{"text":"Paris","type":"LOC","start":0,"end":5,"score":"""));
    }

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
