using System.Text.Json.Nodes;
using OrtTrainer.Generation;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Cli;
using OrtTrainer.Tests.Generation;
using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Export.Edge;

/// <summary>What exported decoders write in transformers.js, token by token, against <c>generate</c>.</summary>
public sealed class GenerationInJavaScriptTests
{
    private const int NewTokens = 24;

    private static readonly string[] Names = ["Tom", "Lily", "A dog", "The old man", "One day, a bird"];

    private static readonly string[] Deeds =
    [
        "went to the park", "was very sad", "found a red ball", "wanted to play with", "said \"hello\" to",
        "had a big", "could not find", "saw the moon and", "ate the last", "was afraid of the dark because",
    ];

    [Test]
    public void A_small_random_model_writes_the_same_tokens()
    {
        using TemporaryFolder files = new();
        TinyLlama.Write(files.File("llama"));

        Compare(files, files.File("llama"), [.. TinyLlama.Words.Select(word => $"the cat sat {word}")], NewTokens);
    }

    [Test]
    public void A_trained_model_writes_the_same_tokens_behind_50_prompts()
    {
        string model = SharedFiles.SharedPath("models", "tinystories-656k");
        using TemporaryFolder files = new();

        Compare(files, model, [.. Names.SelectMany(name => Deeds.Select(deed => $"{name} {deed}"))], NewTokens);
    }

    [TestCase("gpt2-causal-lm", "GPT2LMHeadModel", 0)]
    [TestCase("t5-seq2seq", "T5ForConditionalGeneration", 1)]
    [TestCase("bart-seq2seq", "BartForConditionalGeneration", 2)]
    public void Models_of_the_reference_write_the_same_tokens_behind_50_prompts(string golden, string name, int end)
    {
        using TemporaryFolder files = new();
        WritingModels.Write(files.File("model"), golden);

        Compare(files, files.File("model"), WritingModels.Texts(golden, count: 50, most: 12), NewTokens, end, name);
    }

    // Random weights of a larger deviation than the reference's, so that texts differ.
    [TestCase("t5", "T5ForConditionalGeneration")]
    [TestCase("bart", "BartForConditionalGeneration")]
    public void Small_encoders_with_decoders_write_the_same_tokens(string kind, string name)
    {
        using TemporaryFolder files = new();
        WritingModels.Write(files.File("model"), kind);
        File.Delete(files.File("model/vocab.txt"));
        JsonNode config = JsonNode.Parse(File.ReadAllText(files.File("model/config.json")))!;
        config["architectures"] = new JsonArray(name);
        config["is_encoder_decoder"] = true;
        files.Write("model/config.json", config.ToJsonString());
        WordTokenizer.Write(
            files.File("model"), ["<pad>", "<unk>", "<s>", "</s>", "<mask>", .. TinyEncoderDecoder.Words], unknown: 1,
            before: null, behind: 3, end: 3);

        Compare(
            files, files.File("model"), WritingModels.Texts(kind, count: 50, most: 9), newTokens: 15, end: 3, name);
    }

    private static void Compare(
        TemporaryFolder files, string model, string[] prompts, int newTokens, int end = 2, string? name = null)
    {
        string export = files.File("export");
        _ = CliRun.Of("export", "--model", model, "--out", export).Succeeded();
        using Generator generator = Generator.Open(export);
        IReadOnlyList<GeneratedText> written = generator.Generate(prompts, new() { MaxNewTokens = newTokens });

        JsonObject[] answers = EdgeClient.Run("run-transformers.mjs", export, prompts.Select(prompt => new JsonObject
        {
            ["text"] = prompt, ["max_new_tokens"] = newTokens,
        }));

        for (int i = 0; i < prompts.Length; i++)
        {
            int[] ids = [.. answers[i]["ids"]!.AsArray().Select(id => (int)id!)];
            int[] ours = [.. written[i].Ids, .. written[i].End == GenerationEnd.EndToken ? [end] : Array.Empty<int>()];
            Assert.That(ids, Is.EqualTo(ours), prompts[i]);
            if (name is not null)
            {
                Assert.That(answers[i]["class"]!.GetValue<string>(), Is.EqualTo(name));
                Assert.That(answers[i]["text"]!.GetValue<string>(), Is.EqualTo(written[i].Text.Trim()), prompts[i]);
            }
        }
    }
}
