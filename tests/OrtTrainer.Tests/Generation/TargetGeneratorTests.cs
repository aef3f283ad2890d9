using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Generation;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Generation;

/// <summary>
/// What encoders with decoders write, against the same logits without a cache: every token from the whole source and
/// the whole target anew, by the packed graph that evaluates.
/// </summary>
public sealed class TargetGeneratorTests
{
    private const int Most = 10;

    private static IReadOnlyList<string> Kinds => WritingModels.EncoderDecoders;

    [TestCaseSource(nameof(Kinds))]
    public void Tokens_are_those_of_source_and_target_read_anew(string kind)
    {
        using Opened model = new(kind);
        using TargetAnew anew = new(model.Folder);
        string[] sources = WritingModels.Texts(kind, count: 9, most: 5);
        foreach (int batchSize in new[] { 1, 4, 9 })
        {
            // The reference's BART forces the last token, of which another test tells.
            IReadOnlyList<GeneratedText> written = model.Generator.Generate(
                sources, new() { MaxNewTokens = Most + 1, BatchSize = batchSize });
            for (int i = 0; i < sources.Length; i++)
            {
                (int[] ids, bool ended) = anew.Greedy(model.IdsOf(sources[i]), model.Start, model.End, Most);
                Assert.That(written[i].Ids.Take(Most), Is.EqualTo(ids), $"{sources[i]}, {batchSize} at a time");
                Assert.That(!ended || written[i].End == GenerationEnd.EndToken);
                Assert.That(written[i].Text, Is.EqualTo(model.Tokenizer.Decode(written[i].Ids)));
            }
        }
    }

    [TestCase("t5", 1.0)]
    [TestCase("bart", 0.0)]
    [TestCase("bart", 2.0)]
    public void A_search_with_room_for_all_finds_the_best_of_all_texts(string kind, double lengthPenalty)
    {
        using Opened model = new(kind);
        using TargetAnew anew = new(model.Folder);
        foreach (string text in WritingModels.Texts(kind, count: 3, most: 3))
        {
            int[] source = model.IdsOf(text);
            GeneratedText found = model.Generator.Generate([text], new()
            {
                MaxNewTokens = 2, Beams = 19 * 19, LengthPenalty = lengthPenalty,
            })[0];

            // Texts that end: at once, or after one token; they count with the token that ends them.
            double[] first = anew.LogProbabilities(source, [model.Start]);
            List<(int[] Ids, double Score)> all = [([], first[model.End])];
            for (int id = 0; id < first.Length; id++)
            {
                if (id != model.End)
                {
                    double score = first[id] + anew.LogProbabilities(source, [model.Start, id])[model.End];
                    all.Add(([id], score / Math.Pow(2, lengthPenalty)));
                }
            }

            Assert.That(found.Ids, Is.EqualTo(all.MaxBy(one => one.Score).Ids), text);
        }
    }

    [TestCaseSource(nameof(Kinds))]
    public void A_search_finds_texts_at_least_as_probable_as_the_most_probable_tokens(string kind)
    {
        using Opened model = new(kind);
        using TargetAnew anew = new(model.Folder);
        GenerationOptions options = new() { MaxNewTokens = 5, MinNewTokens = 5, LengthPenalty = 0 };
        string[] sources = WritingModels.Texts(kind, count: 6, most: 4);
        IReadOnlyList<GeneratedText> greedy = model.Generator.Generate(sources, options);
        IReadOnlyList<GeneratedText> searched = model.Generator.Generate(sources, options with { Beams = 4 });
        for (int i = 0; i < sources.Length; i++)
        {
            double Score(GeneratedText text) => text.Ids.Select((id, at) => anew.LogProbabilities(
                model.IdsOf(sources[i]), [model.Start, .. text.Ids.Take(at)])[id]).Sum();
            Assert.That(Score(searched[i]), Is.GreaterThanOrEqualTo(Score(greedy[i]) - 1e-5), sources[i]);
        }
    }

    [Test]
    public void Draws_depend_on_the_seed_and_not_on_what_runs_beside_them([Values("t5", "bart")] string kind)
    {
        using Opened model = new(kind);
        string[] sources = WritingModels.Texts(kind, count: 6, most: 4);
        GenerationOptions options = new() { MaxNewTokens = Most, Samples = true, Seed = 5 };

        string[] Of(GenerationOptions asked) =>
            [.. model.Generator.Generate(sources, asked).Select(text => text.Text)];

        Assert.That(Of(options), Is.EqualTo(Of(options with { BatchSize = 1 })));
        Assert.That(Of(options), Is.Not.EqualTo(Of(options with { Seed = 6 })));
    }

    [Test]
    public void A_stream_is_the_text_in_pieces([Values("t5", "bart")] string kind)
    {
        using Opened model = new(kind);
        foreach (string source in WritingModels.Texts(kind, count: 4, most: 4))
        {
            string[] pieces = [.. model.Generator.Stream(source, new() { MaxNewTokens = Most })];

            Assert.That(
                string.Concat(pieces),
                Is.EqualTo(model.Generator.Generate([source], new() { MaxNewTokens = Most })[0].Text));
            Assert.That(pieces, Has.All.Not.Empty);
        }
    }

    [Test]
    public void What_the_model_says_of_texts_holds([Values("t5", "bart")] string kind, [Values(1, 3)] int beams)
    {
        const int bos = 7, runLength = 2, minLength = 6;
        using Opened model = new(kind, $$"""
            {
              "decoder_start_token_id": 4, "eos_token_id": 3, "forced_bos_token_id": {{bos}},
              "forced_eos_token_id": 3, "min_length": {{minLength}}, "no_repeat_ngram_size": {{runLength}},
              "num_beams": 4, "bad_words_ids": null, "suppress_tokens": [], "diversity_penalty": 0.0
            }
            """);
        using TargetAnew anew = new(model.Folder);
        foreach (string source in WritingModels.Texts(kind, count: 6, most: 4))
        {
            GeneratedText text = model.Generator.Generate([source], new() { MaxNewTokens = Most, Beams = beams })[0];
            int[] all = [4, .. text.Ids];
            (int, int)[] runs = [.. all.Zip(all.Skip(1))];

            Assert.That(text.Ids[0], Is.EqualTo(bos));
            Assert.That(text.End, Is.EqualTo(GenerationEnd.EndToken), "the last token is forced");
            Assert.That(text.Ids, Has.Count.InRange(minLength - 1, Most - 1));
            Assert.That(runs, Is.Unique, source);
            if (beams == 1)
            {
                (int[] ids, _) = anew.Greedy(model.IdsOf(source), 4, 3, Most - 1, (written, id) =>
                    written.Length == 1 ? id != bos
                    : (id == 3 && written.Length < minLength)
                        || written.Zip(written.Skip(1)).Contains((written[^1], id)));
                Assert.That(text.Ids, Is.EqualTo(ids), source);
            }
        }
    }

    [Test]
    public void What_is_not_supported_is_refused()
    {
        Assert.That(
            () => new Opened("bart", """{ "bad_words_ids": [[5]] }"""),
            Throws.InstanceOf<RunException>().With.Message.Contains("bad_words_ids is [[5]], which is not supported"));
        Assert.That(
            () => new Opened("bart", """{ "forced_bos_token_id": 19 }"""),
            Throws.InstanceOf<CheckpointException>().With.Message.Contains("0 to 18"));
    }

    [Test]
    public void A_text_ends_with_the_positions_of_the_model_and_a_longer_source_is_cut()
    {
        using Opened model = new("bart");
        string source = string.Join(' ', Enumerable.Repeat("the cat", 30));
        GenerationOptions options = new() { MaxNewTokens = 100, MinNewTokens = 100 };

        GeneratedText text = model.Generator.Generate([source], options)[0];
        GeneratedText ofCut = model.Generator.Generate(
            [string.Join(' ', Enumerable.Repeat("the cat", 9))], options)[0];

        Assert.That(text.Ids, Has.Count.EqualTo(19), "20 positions, of which one is of the token that begins");
        Assert.That(text.End, Is.EqualTo(GenerationEnd.Length));
        Assert.That(text.Ids, Is.EqualTo(ofCut.Ids), "18 tokens and two special ones are left of the source");
    }

    private sealed class Opened : IDisposable
    {
        private readonly TemporaryFolder _files = new();

        public Opened(string kind, string? generationConfig = null)
        {
            Folder = _files.File("model");
            WritingModels.Write(Folder, kind);
            if (generationConfig is not null)
            {
                _files.Write("model/generation_config.json", generationConfig);
            }

            JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(Folder, "config.json")))!;
            (Start, End) = ((int)config["decoder_start_token_id"]!, (int)config["eos_token_id"]!);
            Tokenizer = Tokenizer.Load(Folder);
            Generator = Generator.Open(Folder);
        }

        public string Folder { get; }

        public Tokenizer Tokenizer { get; }

        public Generator Generator { get; }

        public int Start { get; }

        public int End { get; }

        public int[] IdsOf(string source) => Tokenizer.EncodeIds(source).Ids;

        public void Dispose()
        {
            Generator.Dispose();
            _files.Dispose();
        }
    }
}
