using System.Text.Json.Nodes;
using OrtTrainer.Generation;
using OrtTrainer.Graph;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Generation;
using OrtTrainer.Tests.Models;
using OrtTrainer.Tests.Runtime.Products;

namespace OrtTrainer.Tests.Cli;

/// <summary>What <c>generate</c> and <c>evaluate --generate</c> write and print.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class GenerationCommandTests : IDisposable
{
    private readonly TemporaryFolder _files = new();

    private string Model => _files.File("model");

    public void Dispose() => _files.Dispose();

    [Test]
    public void Sources_of_a_table_become_texts([Values("t5", "bart")] string kind)
    {
        WriteEncoderDecoder(kind);
        string[] sources = WritingModels.Texts(kind, count: 7, most: 4);
        _files.Write("sources.csv", "source,other\n" + string.Concat(sources.Select(source => $"{source},x\n")));

        CliRun run = CliRun.Of(
            "generate", "--model", Model, "--input", _files.File("sources.csv"), "--max-new-tokens", "6", "--beams",
            "3").Succeeded();
        CliRun one = CliRun.Of("generate", "--model", Model, "--prompt", sources[2], "--max-new-tokens", "6")
            .Succeeded();

        using Generator generator = Generator.Open(Model);
        IReadOnlyList<GeneratedText> expected = generator.Generate(sources, new() { MaxNewTokens = 6, Beams = 3 });
        Assert.That(run.Lines.Select(line => (string)JsonNode.Parse(line)!["text"]!),
            Is.EqualTo(expected.Select(text => text.Text)));
        Assert.That(run.Lines.Select(line => (string)JsonNode.Parse(line)!["prompt"]!), Is.EqualTo(sources));
        Assert.That(one.Out.TrimEnd('\n'),
            Is.EqualTo(generator.Generate([sources[2]], new() { MaxNewTokens = 6 })[0].Text));
    }

    [Test]
    public void A_model_is_scored_by_what_it_writes([Values("t5", "bart", "llama")] string kind)
    {
        string[] columns = kind == "llama" ? ["prompt", "completion"] : ["source", "target"];
        string[] texts;
        if (kind == "llama")
        {
            TinyLlama.Write(Model);
            texts = [.. TinyLlama.Words.Select(word => $"the cat {word}")];
        }
        else
        {
            WriteEncoderDecoder(kind);
            texts = WritingModels.Texts(kind, count: 14, most: 4);
        }

        // The first texts are what the model writes, the others are not.
        GenerationOptions options = new() { MaxNewTokens = 8, MinNewTokens = 4 };
        using Generator generator = Generator.Open(Model);
        string[] written = [.. generator.Generate(texts, options).Select(text => text.Text.Trim())];
        string[] references = [.. written.Select((text, i) => i < 10 ? text : "hill")];
        _files.Write("data.csv", string.Join(',', columns) + "\n"
            + string.Concat(texts.Zip(references, (text, reference) => $"{text},{reference}\n")));
        string[] words =
        [
            "evaluate", "--model", Model, "--data", _files.File("data.csv"), "--generate", "--max-new-tokens", "8",
            "--min-new-tokens", "4", "--output", _files.File("written.jsonl"), "--overwrite",
        ];

        JsonNode all = JsonNode.Parse(CliRun.Of([.. words, "--json"]).Succeeded().Out)!;
        JsonObject[] lines = [.. File.ReadLines(_files.File("written.jsonl"))
            .Select(line => JsonNode.Parse(line)!.AsObject())];
        JsonNode ten = JsonNode.Parse(CliRun.Of([.. words, "--json", "--limit", "10"]).Succeeded().Out)!;
        CliRun printed = CliRun.Of([.. words, "--limit", "10"]).Succeeded();

        Assert.That(lines.Select(line => ((string)line["text"]!).Trim()), Is.EqualTo(written));
        Assert.That(lines.Select(line => (string)line["reference"]!), Is.EqualTo(references));
        Assert.That((int)all["examples"]!, Is.EqualTo(14));
        Assert.That((int)ten["examples"]!, Is.EqualTo(10));
        foreach (string score in new[] { "bleu", "chrf", "rouge1", "rouge2", "rougeL" })
        {
            Assert.That((double)ten["values"]![score]!, Is.EqualTo(100).Within(1e-9), score);
            Assert.That((double)all["values"]![score]!, Is.LessThan(100), score);
        }

        Assert.That((double)ten["values"]!["nll"]!, Is.Not.EqualTo((double)all["values"]!["nll"]!));
        Assert.That(printed.Lines[0], Does.StartWith("10 examples of "));
        Assert.That(printed.Out, Does.Contain("  perplexity ").And.Contain("  bleu               100.0000"));
    }

    [Test]
    public void Operands_of_products_are_rounded_where_that_is_asked_for()
    {
        Precisions.Require(Precision.Bf16);
        TinyLlama.Write(Model);
        _files.Write("data.csv", "prompt,completion\nthe cat,sat on a mat\nthe dog,ran\n");

        CliRun run = CliRun.Of(
            "generate", "--model", Model, "--prompt", "the cat", "--max-new-tokens", "8", "--precision", "bf16");
        CliRun scores = CliRun.Of(
            "evaluate", "--model", Model, "--data", _files.File("data.csv"), "--generate", "--precision", "bf16",
            "--output", _files.File("written.jsonl"), "--max-new-tokens", "8");

        using Generator generator = Generator.Open(Model, precision: Precision.Bf16);
        string expected = generator.Generate(["the cat"], new() { MaxNewTokens = 8 })[0].Text;
        Assert.That(run.Succeeded().Out, Is.EqualTo(expected + "\n"));
        scores.Succeeded();
        Assert.That((string?)JsonNode.Parse(File.ReadLines(_files.File("written.jsonl")).First())!["text"],
            Is.EqualTo(expected));
    }

    [Test]
    public void A_model_with_an_encoder_writes_in_float32_alone()
    {
        Precisions.Require(Precision.Bf16);
        WriteEncoderDecoder("t5");

        CliRun run = CliRun.Of("generate", "--model", Model, "--prompt", "a", "--precision", "bf16");

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.Contain("a model with an encoder writes in fp32 alone. Take precision fp32."));
    }

    [TestCase("generate", "--prompt", "a")]
    [TestCase("predict", "--input", "-")]
    public void An_unknown_precision_is_refused(string command, string option, string value)
    {
        CliRun run = CliRun.Of(command, "--model", Model, option, value, "--precision", "fp8");

        Assert.That(run.ExitCode, Is.EqualTo(2));
        Assert.That(run.Error, Does.Contain("--precision is 'fp8'; expected fp32, tf32, bf16 or fp16"));
    }

    [Test]
    public void An_adapter_beside_its_model_writes_and_scores_as_the_merged_model()
    {
        TinyLlama.Write(Model);
        _files.Write("data.csv", "prompt,completion\nthe cat,sat on a mat\nthe dog,ran\n");
        string data = _files.File("data.csv"), adapter = _files.File("out/adapter");
        CliRun.Of(
            "finetune", "--model", Model, "--task", "causal_lm", "--train", data, "--eval", data, "--epochs", "30",
            "--batch-size", "2", "--lr", "3e-2", "--lora", "r=4", "--out", _files.File("out"), "--quiet").Succeeded();

        string[] Outputs(params string[] model) =>
        [
            .. new string[][]
            {
                ["generate", "--prompt", "the cat", "--max-new-tokens", "8"],
                ["evaluate", "--data", data, "--json", "--generate", "--max-new-tokens", "8"],
                ["predict", "--input", data],
            }.Select(words => CliRun.Of([.. words, .. model]).Succeeded().Out),
        ];
        string[] merged = Outputs("--model", _files.File("out"));
        string[] beside = Outputs("--model", Model, "--adapter", adapter);
        CliRun exported = CliRun.Of(
            "export", "--model", Model, "--adapter", adapter, "--out", _files.File("export"));
        CliRun ofRun = CliRun.Of(
            "export", "--run", _files.File("out"), "--adapter", adapter, "--out", _files.File("other"));

        Assert.That(beside, Is.EqualTo(merged));
        Assert.That(Outputs("--model", Model), Is.Not.EqualTo(merged));
        Assert.That(exported.Succeeded().Out, Does.Contain("with the adapter in"));
        Assert.That(Outputs("--model", _files.File("export")), Is.EqualTo(merged));
        Assert.That((ofRun.ExitCode, ofRun.Error),
            Is.EqualTo((2, "error: --adapter is added to a model (--model); the weights of a run have its own.\n")));
    }

    [TestCase("--beams says how texts are written and scored; add --generate", "--beams", "4")]
    [TestCase("--limit says how texts are written and scored; add --generate", "--limit", "4")]
    [TestCase("--limit is 0; expected 1 or more", "--generate", "--limit", "0")]
    [TestCase("--metric is given with --generate", "--generate", "--metric", "nll")]
    [TestCase("--top-p is 2; expected more than 0 and at most 1", "--generate", "--top-p", "2")]
    public void Options_that_do_not_go_together_are_refused(string message, params string[] words)
    {
        CliRun run = CliRun.Of(["evaluate", "--model", Model, "--data", "absent.csv", .. words]);

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((2, run.Error)));
        Assert.That(run.Error, Does.Contain(message));
    }

    [Test]
    public void Texts_without_a_prompt_are_refused()
    {
        TinyLlama.Write(Model);
        _files.Write("texts.csv", "text\nthe cat sat\n");

        CliRun run = CliRun.Of(
            "evaluate", "--model", Model, "--data", _files.File("texts.csv"), "--generate");

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.Contain("there is a text alone; --generate takes prompts"));
    }

    private void WriteEncoderDecoder(string kind)
    {
        WritingModels.Write(Model, kind);
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(Model, "config.json")))!;
        config["architectures"] = new JsonArray(
            kind == "t5" ? "T5ForConditionalGeneration" : "BartForConditionalGeneration");
        _files.Write("model/config.json", config.ToJsonString());
    }
}
