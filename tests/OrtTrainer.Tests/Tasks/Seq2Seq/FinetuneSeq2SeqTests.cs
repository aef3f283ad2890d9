using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Seq2Seq;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Cli;
using OrtTrainer.Tests.Models;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests.Tasks.Seq2Seq;

/// <summary>From a file of sources and targets to an exported encoder and decoder.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FinetuneSeq2SeqTests : IDisposable
{
    private static readonly string[] Subjects = ["cat", "dog", "soup", "rice", "hill", "lake"];
    private static readonly string[] Numbers = ["one", "two", "three", "four"];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestCase("t5", "T5ForConditionalGeneration")]
    [TestCase("bart", "BartForConditionalGeneration")]
    public void A_model_learns_resumes_to_the_same_bits_and_its_export_scores_as_in_training(
        string kind, string exportedClass)
    {
        FineTuneOptions options = Options(kind, "out");
        RunSummary summary = TinyTask.Run(options);
        TinyTask.RunInParts(options with { Output = _folder.File("parted") }, interruptedAt: 7);
        CliRun run = CliRun.Of(
            "evaluate", "--model", options.Output, "--data", options.Data.Eval!, "--json").Succeeded();

        Assert.That(
            File.ReadAllBytes(_folder.File("parted/run/last.safetensors")),
            Is.EqualTo(File.ReadAllBytes(_folder.File("out/run/last.safetensors"))));
        Assert.That(summary.Metric, Is.EqualTo("nll"));
        Assert.That(summary.EvalLive["accuracy"], Is.GreaterThan(0.95));
        JsonElement values = JsonDocument.Parse(run.Out).RootElement.GetProperty("values");
        foreach (string score in new[] { "nll", "accuracy", "perplexity" })
        {
            Assert.That(
                values.GetProperty(score).GetDouble(), Is.EqualTo(summary.EvalLive[score]).Within(1e-4), score);
        }

        Assert.That(summary.EvalLive["perplexity"], Is.EqualTo(Math.Exp(summary.EvalLive["nll"])).Within(1e-9));
        Assert.That(ModelConfig.Load(options.Output).ClassName, Is.EqualTo(exportedClass));
        Assert.That(Directory.GetFiles(Path.Combine(options.Output, "onnx")).Select(Path.GetFileName),
            Is.EquivalentTo(new[] { "encoder_model.onnx", "decoder_model_merged.onnx" }));
    }

    [Test]
    public void Layers_that_are_computed_again_give_the_same_weights()
    {
        TinyTask.Run(Options("t5", "kept") with { MaxSteps = 5 });
        TinyTask.Run(Options("t5", "again") with { MaxSteps = 5, Recompute = true });

        Assert.That(
            File.ReadAllBytes(_folder.File("again/run/last.safetensors")),
            Is.EqualTo(File.ReadAllBytes(_folder.File("kept/run/last.safetensors"))));
    }

    [Test]
    public void Another_task_of_an_encoder_decoder_is_refused()
    {
        FineTuneOptions options = Options("bart", "out");
        options = options with
        {
            Data = options.Data with
            {
                Task = ModelTask.Named("causal_lm"),
                TextColumn = "source",
                PairColumn = "target",
            },
        };

        Assert.That(() => TinyTask.Run(options),
            Throws.InstanceOf<RunException>().With.Message.Contains("--task seq2seq"));
    }

    [Test]
    public void A_model_without_a_decoder_is_refused()
    {
        FineTuneOptions options = Options("t5", "out");
        TinyBert.Write(_folder.File("bert"), TinyEncoderDecoder.Words);
        JsonNode config = JsonNode.Parse(File.ReadAllText(_folder.File("bert/config.json")))!;
        config["decoder_start_token_id"] = 0;
        _folder.Write("bert/config.json", config.ToJsonString());

        Assert.That(() => TinyTask.Run(options with { Model = _folder.File("bert") }),
            Throws.InstanceOf<RunException>().With.Message.Contains("encoder-decoder"));
    }

    // "the cat is old": the subject decides on two numbers.
    private FineTuneOptions Options(string kind, string output)
    {
        TinyEncoderDecoder.Write(_folder.File("model"), kind);
        string[] rows =
        [
            .. from subject in Enumerable.Range(0, Subjects.Length)
               from kindOf in new[] { "old", "red" }
               select string.Create(CultureInfo.InvariantCulture,
                   $"the {Subjects[subject]} is {kindOf},{Numbers[subject % 4]} {Numbers[subject / 2]}"),
        ];
        _folder.Write("train.csv", "source,target\n" + string.Join('\n', rows.Concat(rows)) + "\n");
        _folder.Write("eval.csv", "source,target\n" + string.Join('\n', rows) + "\n");
        return new FineTuneOptions
        {
            Model = _folder.File("model"),
            Output = _folder.File(output),
            Data = new DataOptions
            {
                Train = _folder.File("train.csv"),
                Eval = _folder.File("eval.csv"),
                Task = Seq2SeqTask.Instance,
            },
            BatchSize = 8,
            Epochs = 60,
            LearningRate = 1e-2,
            Dropout = 0,
            MaxLength = 16,
            Threads = 1,
        };
    }
}
