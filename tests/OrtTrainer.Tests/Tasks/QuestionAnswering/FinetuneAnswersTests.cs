using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Options;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.QuestionAnswering;
using OrtTrainer.Tests.Cli;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Tasks.QuestionAnswering;

/// <summary>From a file of questions to answers in other texts.</summary>
public sealed class FinetuneAnswersTests
{
    private QuestionFiles _files = null!;

    [OneTimeSetUp]
    public void Finetune()
    {
        _files = new QuestionFiles();
        CliRun.Of([.. Command("out"), "--epochs", "60"]).Succeeded();
    }

    [OneTimeTearDown]
    public void Remove() => _files.Dispose();

    [Test]
    public void The_answers_are_learned_and_the_exported_model_scores_as_in_training()
    {
        JsonElement summary = Parse(File.ReadAllText(Path.Combine(_files.Output, "run", "summary.json")));
        JsonElement trained = summary.GetProperty(
            summary.GetProperty("exported").GetString() == "averaged" ? "eval_averaged" : "eval_live");
        CliRun run = CliRun.Of("evaluate", "--model", _files.Output, "--data", _files.Eval, "--json").Succeeded();

        JsonElement values = Parse(run.Out).GetProperty("values");
        Assert.That(values.GetProperty("f1").GetDouble(), Is.GreaterThan(0.9));
        foreach (string score in new[] { "loss", "f1", "exact_match" })
        {
            Assert.That(values.GetProperty(score).GetDouble(),
                Is.EqualTo(trained.GetProperty(score).GetDouble()).Within(1e-5), score);
        }
    }

    [Test]
    public void The_configuration_names_the_class()
    {
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(_files.Output, "config.json")))!;
        Assert.That(config["architectures"]!.ToJsonString(), Is.EqualTo("""["BertForQuestionAnswering"]"""));
        Assert.That(config["problem_type"], Is.Null);
        using Predictor predictor = Predictor.Open(_files.Output);
        Assert.That(predictor.Task, Is.SameAs(QuestionAnsweringTask.Instance));
    }

    [Test]
    public void An_answer_is_written_with_its_place_in_code_points_and_others()
    {
        string file = _files.Write(
            "ask.jsonl", """{"id": "a", "question": "who is near ?", "context": "🙂 ada is far . bob is near ."}""");
        CliRun run = CliRun.Of("predict", "--model", _files.Output, "--input", file).Succeeded();

        JsonElement answer = Parse(run.Lines.Single());
        Assert.That(answer.GetProperty("id").GetString(), Is.EqualTo("a"));
        Assert.That(answer.GetProperty("answer").GetString(), Is.EqualTo("bob"));
        Assert.That(answer.GetProperty("start").GetInt32(), Is.EqualTo(15));
        Assert.That(answer.GetProperty("end").GetInt32(), Is.EqualTo(18));
        double score = answer.GetProperty("score").GetDouble();
        double none = answer.GetProperty("no_answer_score").GetDouble();
        Assert.That(score, Is.InRange(0.3, 1));
        JsonElement[] others = [.. answer.GetProperty("alternatives").EnumerateArray()];
        Assert.That(others, Has.Length.EqualTo(4));
        Assert.That(score + none + others.Sum(other => other.GetProperty("score").GetDouble()), Is.InRange(score, 1));
    }

    [Test]
    public void The_library_gives_the_same_answer_and_none_where_none_is_allowed_to_win()
    {
        const string context = "🙂 ada is far . bob is near .";
        using Predictor predictor = Predictor.Open(_files.Output);
        AnswerPrediction answer = (AnswerPrediction)predictor.Predict("who is far ?", context);
        using Predictor doubting = Predictor.Open(_files.Output, new PredictorOptions { NoAnswerThreshold = -1000 });
        AnswerPrediction none = (AnswerPrediction)doubting.Predict("who is far ?", context);

        Assert.That(answer.Answer!.Text, Is.EqualTo("ada"));
        Assert.That(answer.Answer.Place, Is.EqualTo(new TextRange(2, 5)));
        Assert.That(answer.Labels[0], Is.EqualTo("ada"));
        Assert.That(none.Answer, Is.Null);
        Assert.That(none.Label, Is.Null);
        Assert.That(none.Spans, Is.EqualTo(answer.Spans));
        Assert.That(((AnswerPrediction)predictor.Predict("who is far ?", "")).Answer, Is.Null);
        Assert.That(() => predictor.Predict("who is far ?"),
            Throws.ArgumentException.With.Message.Contains("found the question alone"));
    }

    [Test]
    public void A_long_context_is_answered_from_the_window_that_has_the_answer()
    {
        string filler = string.Concat(Enumerable.Repeat("the town . ", 20));
        using Predictor predictor = Predictor.Open(
            _files.Output, new PredictorOptions { MaxLength = 18, Stride = 9, TokensPerBatch = 40 });
        string context = $"{filler}🙂 ada is far . bob is near . {filler}";
        AnswerPrediction[] answers =
        [
            .. predictor.Predict([("who is far ?", context), ("who is far ?", "🙂 bob is far . ada is near .")])
                .Cast<AnswerPrediction>(),
        ];

        Assert.That(answers[0].Spans.Select(answer => answer.Text), Has.Some.EqualTo("ada"));
        foreach (TextSpan answer in answers[0].Spans)
        {
            Assert.That(OrtTrainer.Common.CodePoints.Cut(context, answer.Place), Is.EqualTo(answer.Text));
        }

        Assert.That(answers[1].Answer!.Text, Is.EqualTo("bob"));
        Assert.That(answers.Select(answer => answer.IsCut), Is.All.False);
    }

    [Test]
    public void Training_goes_over_windows_and_resumes_to_the_same_weights()
    {
        string[] command =
        [
            "finetune", "--task", "question-answering", "--model", _files.Model, "--train", _files.Long, "--eval",
            _files.Long, "--batch-size", "2", "--max-length", "12", "--stride", "2", "--threads", "1", "--json",
            "--epochs", "3", "--checkpoint-seconds", "0",
        ];
        CliRun run = CliRun.Of([.. command, "--out", _files.File("windows")]).Succeeded();
        CliRun.InterruptedAt("\"step\":4,", [.. command, "--out", _files.File("broken")]);
        CliRun.Of("finetune", "--resume", _files.File("broken"), "--json").Succeeded();

        Assert.That(File.ReadAllBytes(Path.Combine(_files.File("broken"), "model.safetensors")),
            Is.EqualTo(File.ReadAllBytes(Path.Combine(_files.File("windows"), "model.safetensors"))));
        JsonElement started = run.Lines.Select(Parse).First(e => e.GetProperty("event").GetString() == "started")
            .GetProperty("facts");
        Assert.That(started.GetProperty("train_examples").GetInt32(), Is.EqualTo(2));
        Assert.That(started.GetProperty("steps_per_epoch").GetInt32(), Is.EqualTo(3), "5 windows and 1, in twos");
        Assert.That(started.GetProperty("warnings").EnumerateArray().Select(w => w.GetString()), Has.Some.EqualTo(
            "train: 1 of 2 questions are longer than 12 tokens with their context, which is read in windows: 6 inputs "
            + "in all."));
    }

    [Test]
    public void Comparisons_and_soups_read_the_windows_of_the_runs()
    {
        foreach (string seed in new[] { "1", "2" })
        {
            CliRun.Of(
                "finetune", "--task", "question-answering", "--model", _files.Model, "--train", _files.Long, "--eval",
                _files.Long, "--max-length", "12", "--stride", "3", "--threads", "1", "--epochs", "1", "--seed", seed,
                "--out", _files.File($"seed{seed}")).Succeeded();
        }

        CliRun compared = CliRun.Of("compare", _files.File("seed1"), _files.File("seed2"));
        CliRun soup = CliRun.Of(
            "soup", _files.File("seed1"), _files.File("seed2"), "--out", _files.File("soup"));

        Assert.That(compared.ExitCode, Is.Zero, compared.Error);
        Assert.That(compared.Error + compared.Out, Does.Contain("on 2 examples of"));
        Assert.That(compared.Error + compared.Out, Does.Not.Contain("the loss on its evaluation data was"));
        Assert.That(soup.ExitCode, Is.Zero, soup.Error);
        Assert.That(soup.Out, Does.Contain("on 2 evaluation examples"));
    }

    [Test]
    public void Weights_of_classes_are_refused_before_anything_is_read()
    {
        CliRun run = CliRun.Of([.. Command("refused"), "--class-weights", "balanced"]);

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain(
            "are for labels that exclude each other; the task is question_answering. Leave them out."));
        Assert.That(Directory.Exists(_files.File("refused")), Is.False);
    }

    [TestCase("label-smoothing")]
    [TestCase("focal")]
    [TestCase("tf-reg")]
    [TestCase("confidence-penalty")]
    [TestCase("poly-1")]
    [TestCase("r-drop+ema")]
    [TestCase("sam+swa")]
    public void Methods_that_work_on_distributions_or_weights_run(string method)
    {
        string name = method.Replace('+', '-');
        CliRun.Of([.. Command(name), "--epochs", "1", "--method", method]).Succeeded();

        Assert.That(File.Exists(Path.Combine(_files.File(name), "onnx", "model.onnx")), Is.True);
    }

    [Test]
    public void A_stride_is_refused_for_tasks_that_cut()
    {
        CliRun run = CliRun.Of(
            "finetune", "--model", _files.Model, "--train", _files.Train, "--stride", "4", "--out", _files.File("cut"));

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(
            run.Error, Does.Contain("is for tasks that read long examples in windows; classification cuts them."));
        Assert.That(() => new FineTuneOptions
        {
            Model = "m", Output = "o", Data = new() { Train = "t" }, Stride = -1,
        }, Throws.InstanceOf<ArgumentException>());
    }

    private static JsonElement Parse(string json) => JsonDocument.Parse(json).RootElement;

    private string[] Command(string output) =>
    [
        "finetune", "--task", "question-answering", "--model", _files.Model, "--train", _files.Train, "--eval",
        _files.Eval, "--batch-size", "8", "--lr", "0.01", "--max-length", "24", "--threads", "1", "--out",
        _files.File(output),
    ];
}
