using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks.SentenceSimilarity;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Cli;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Tasks.SentenceSimilarity;

/// <summary>From files of pairs and triplets to vectors of other texts.</summary>
public sealed class FinetuneEmbeddingsTests
{
    private static readonly string[] Warm = ["sun", "heat", "fire"];
    private static readonly string[] Cold = ["snow", "ice", "frost"];

    private TemporaryFolder _folder = null!;

    private string Model => _folder.File("tiny");

    private string Output => _folder.File("out");

    [OneTimeSetUp]
    public void Finetune()
    {
        _folder = new TemporaryFolder();
        TinyBert.Write(Model, [.. Warm, .. Cold, "the", "is"]);
        string[] words = [.. Warm, .. Cold];
        _folder.Write("scored.csv", "sentence1,sentence2,score\n" + string.Join('\n',
            from a in words from b in words where a != b
            select $"the {a},is {b},{(Warm.Contains(a) == Warm.Contains(b) ? 4.5 : 0.5)}"));
        _folder.Write("pairs.tsv", "anchor\tpositive\n" + string.Join('\n',
            words.Select(word => $"the {word} is\t{word}")));
        _folder.Write("triplets.jsonl", string.Join('\n',
            from a in Warm from b in Cold
            select $$"""{"anchor": "the {{a}}", "positive": "{{a}}", "negatives": ["{{b}}"]}"""));
        CliRun.Of([.. Command("scored.csv", Output), "--batch-size", "8", "--epochs", "6", "--pooling", "cls"])
            .Succeeded();
    }

    [OneTimeTearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void The_order_of_scores_is_learned_and_the_exported_model_scores_as_in_training()
    {
        JsonElement summary = Parse(File.ReadAllText(Path.Combine(Output, "run", "summary.json")));
        JsonElement trained = summary.GetProperty(
            summary.GetProperty("exported").GetString() == "averaged" ? "eval_averaged" : "eval_live");

        JsonElement values = Scores(Output, "scored.csv");
        Assert.That(values.GetProperty("spearman").GetDouble(), Is.GreaterThan(0.8));
        foreach (string score in new[] { "loss", "spearman", "pearson" })
        {
            Assert.That(values.GetProperty(score).GetDouble(),
                Is.EqualTo(trained.GetProperty(score).GetDouble()).Within(1e-4), score);
        }
    }

    [Test]
    public void The_export_is_a_folder_of_sentence_transformers_and_training_goes_on_from_it()
    {
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(Output, "config.json")))!;
        Assert.That(config["architectures"]!.ToJsonString(), Is.EqualTo("""["BertModel"]"""));
        Assert.That(config["id2label"], Is.Null);
        JsonNode pooling = JsonNode.Parse(File.ReadAllText(Path.Combine(Output, "1_Pooling", "config.json")))!;
        Assert.That((bool)pooling["pooling_mode_cls_token"]!);
        JsonNode limits = JsonNode.Parse(File.ReadAllText(Path.Combine(Output, "sentence_bert_config.json")))!;
        Assert.That((int)limits["max_seq_length"]!, Is.EqualTo(16));

        string further = _folder.File("further");
        CliRun run = CliRun.Of([.. Command("pairs.tsv", further, Output), "--epochs", "1"]).Succeeded();

        Assert.That(run.Out, Does.Contain("multiple negatives ranking, of the first token"));
        JsonNode same = JsonNode.Parse(File.ReadAllText(Path.Combine(further, "1_Pooling", "config.json")))!;
        Assert.That((bool)same["pooling_mode_cls_token"]!);
    }

    [Test]
    public void Vectors_are_the_same_as_lines_as_an_array_and_in_the_library()
    {
        string file = _folder.Write("texts.txt", "the sun\nice\n");
        string array = _folder.File("vectors.npy");
        CliRun run = CliRun.Of("predict", "--model", Output, "--input", file).Succeeded();
        JsonElement[] lines = [.. run.Lines.Select(Parse)];
        CliRun.Of("predict", "--model", Output, "--input", file, "--output", array).Succeeded();
        using Predictor predictor = Predictor.Open(Output);
        float[][] vectors =
        [
            .. predictor.Predict(["the sun", "ice"])
                .Select(text => ((EmbeddingPrediction)text).Embedding.ToArray()),
        ];

        Assert.That(vectors.Select(vector => vector.Length), Is.All.EqualTo(TinyBert.Width));
        Assert.That(lines.Select(line => line.GetProperty("embedding").EnumerateArray().Select(v => v.GetSingle())),
            Is.EqualTo(vectors));
        byte[] bytes = File.ReadAllBytes(array);
        Assert.That(bytes[..10], Is.EqualTo(new byte[] { 0x93, 78, 85, 77, 80, 89, 1, 0, 118, 0 }));
        Assert.That(System.Text.Encoding.ASCII.GetString(bytes, 10, 118).TrimEnd(), Is.EqualTo(
            "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 16), }"));
        Assert.That(
            Enumerable.Range(0, 32).Select(i => BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(128 + (4 * i)))),
            Is.EqualTo(vectors.SelectMany(vector => vector)));
    }

    [Test]
    public void A_pair_has_the_cosine_of_its_vectors()
    {
        string file = _folder.Write("pair.csv", "sentence1,sentence2\nthe sun,the sun\nthe sun,ice\n");
        double[] similarities =
        [
            .. CliRun.Of("predict", "--model", Output, "--input", file).Succeeded().Lines
                .Select(line => Parse(line).GetProperty("similarity").GetDouble()),
        ];
        using Predictor predictor = Predictor.Open(Output);

        Assert.That(similarities[0], Is.EqualTo(1).Within(1e-6));
        Assert.That(similarities[1], Is.LessThan(0.9));
        Assert.That(predictor.Predict("the sun", "ice").Scores.Single(), Is.EqualTo(similarities[1]).Within(1e-6));
        CliRun refused = CliRun.Of("predict", "--model", Output, "--input", file, "--output", _folder.File("pair.npy"));
        Assert.That(refused.Error, Does.Contain("A file that ends in .npy holds vectors of texts"));
    }

    [Test]
    public void Triplets_and_pairs_are_scored_by_what_is_nearer()
    {
        string output = _folder.File("triplets");
        CliRun.Of([.. Command("triplets.jsonl", output), "--epochs", "8", "--batch-size", "3", "--accumulation", "2"])
            .Succeeded();
        JsonElement triplets = Scores(output, "triplets.jsonl");
        JsonElement pairs = Scores(output, "pairs.tsv");

        Assert.That(triplets.GetProperty("accuracy").GetDouble(), Is.EqualTo(1));
        Assert.That(triplets.TryGetProperty("mrr", out _), Is.False);
        Assert.That(pairs.GetProperty("mrr").GetDouble(), Is.InRange(1.0 / 6, 1));
        Assert.That(pairs.GetProperty("recall_at_1").GetDouble(), Is.InRange(0, pairs.GetProperty("mrr").GetDouble()));
    }

    [Test]
    public void A_run_that_is_resumed_ends_in_the_same_weights()
    {
        string[] Run(string output) =>
            [.. Command("pairs.tsv", _folder.File(output)), "--batch-size", "2", "--epochs", "3", "--json",
                "--checkpoint-seconds", "0", "--method", "sam+ema"];
        CliRun.Of(Run("whole")).Succeeded();
        CliRun.InterruptedAt("\"step\":4,", Run("broken"));
        CliRun.Of("finetune", "--resume", _folder.File("broken"), "--json").Succeeded();

        Assert.That(File.ReadAllBytes(Path.Combine(_folder.File("broken"), "model.safetensors")),
            Is.EqualTo(File.ReadAllBytes(Path.Combine(_folder.File("whole"), "model.safetensors"))));
    }

    [TestCase("pairs.tsv", "--batch-size 1", "A batch of one pair has no negatives")]
    [TestCase("scored.csv", "--batch-size 1", "a batch of one has no other. Take a larger batch size, 32 say.")]
    [TestCase("scored.csv", "--similarity-loss cosine", "a pair has the score 4.5; squared error of the cosine needs "
        + "scores from -1 to 1")]
    [TestCase("pairs.tsv", "--similarity-loss cosent", "the pairs have no scores, which CoSENT learns from.")]
    [TestCase("pairs.tsv", "--similarity-loss triplet", "--similarity-loss is 'triplet'; expected one of "
        + "multiple-negatives, cosent, cosine.")]
    [TestCase("pairs.tsv", "--pooling max", "--pooling is 'max'; expected one of mean, cls.")]
    [TestCase("pairs.tsv", "--metric spearman", "The metric spearman is not defined for ")]
    [TestCase("pairs.tsv", "--method label-smoothing", "label-smoothing is for classes that exclude each other; the "
        + "task is sentence_similarity. Take finetune, swa or ema.")]
    [TestCase("pairs.tsv", "--method r-drop", "r-drop is for classes that exclude each other")]
    [TestCase("pairs.tsv", "--method distillation --teacher x",
        "sentence_similarity learns from how vectors lie to each other. Take finetune, swa or ema.")]
    [TestCase("pairs.tsv", "--class-weights balanced", "for labels that exclude each other")]
    public void What_vectors_cannot_be_trained_with_is_refused(string data, string options, string message)
    {
        CliRun run = CliRun.Of([.. Command(data, _folder.File("refused")), .. options.Split(' ')]);

        Assert.That(run.ExitCode, Is.Not.Zero);
        Assert.That(run.Error, Does.Contain(message));
    }

    [TestCase("""{"anchor": "a", "positive": "b", "negative": "c"}""", """{"anchor": "a", "positive": "b"}""",
        "line 2: the row has 0 negatives, line 1 has 1; expected as many in every row.")]
    [TestCase("""{"anchor": "a", "positive": "b", "score": 1}""", """{"anchor": "a", "positive": "b"}""",
        "line 2: the row has no score, line 1 has one; expected a score in every row or in none.")]
    public void Rows_of_two_kinds_are_refused(string first, string second, string message)
    {
        _folder.Write("mixed.jsonl", $"{first}\n{second}\n");

        Assert.That(CliRun.Of(Command("mixed.jsonl", _folder.File("refused"))).Error, Does.Contain(message));
    }

    [Test]
    public void Pooling_is_for_vectors()
    {
        string file = _folder.Write("labels.csv", "text,label\na,x\nb,y\n");
        CliRun run = CliRun.Of("finetune", "--model", Model, "--train", file, "--pooling", "cls");

        Assert.That(run.Error, Does.Contain("--pooling is for vectors of texts; classification makes none."));
    }

    private JsonElement Scores(string model, string data) =>
        Parse(CliRun.Of("evaluate", "--model", model, "--data", _folder.File(data), "--json").Succeeded().Out)
            .GetProperty("values");

    private string[] Command(string data, string output, string? model = null) =>
    [
        "finetune", "--task", "sentence-similarity", "--model", model ?? Model, "--train", _folder.File(data), "--eval",
        _folder.File(data), "--out", output, "--lr", "3e-3", "--max-length", "16", "--threads", "1", "--dropout", "0",
    ];

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;
}
