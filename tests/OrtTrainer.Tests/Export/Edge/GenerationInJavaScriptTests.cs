using System.Text.Json.Nodes;
using OrtTrainer.Generation;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Cli;
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

    private static void Compare(TemporaryFolder files, string model, string[] prompts, int newTokens)
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
            int[] ours = [.. written[i].Ids, .. written[i].End == GenerationEnd.EndToken ? [2] : Array.Empty<int>()];
            Assert.That(ids, Is.EqualTo(ours), prompts[i]);
        }
    }
}
