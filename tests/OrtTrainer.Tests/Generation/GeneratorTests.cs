using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Generation;
using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Cli;
using OrtTrainer.Tests.Models;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Generation;

/// <summary>
/// Texts that a random model writes, against the same logits without a cache: every token from the whole text anew, by
/// the packed graph that evaluates.
/// </summary>
public sealed class GeneratorTests
{
    private const int End = 2;

    private static readonly string[] Prompts =
        ["the cat sat on a mat and then the dog", "the", "a dog ran under the hill", "then the cat slept ."];

    private TemporaryFolder _files = null!;
    private string _folder = null!;
    private Generator _generator = null!;
    private Tokenizer _tokenizer = null!;

    [OneTimeSetUp]
    public void Open()
    {
        _files = new TemporaryFolder();
        _folder = _files.File("llama");
        TinyLlama.Write(_folder);
        _generator = Generator.Open(_folder);
        _tokenizer = Tokenizer.Load(_folder);
    }

    [OneTimeTearDown]
    public void Close()
    {
        _generator.Dispose();
        _files.Dispose();
    }

    [Test]
    public void Tokens_are_those_of_the_whole_text_read_anew([Values(1, 2, 8)] int batchSize)
    {
        GenerationOptions options = new() { MaxNewTokens = 12, BatchSize = batchSize };

        IReadOnlyList<GeneratedText> written = _generator.Generate(Prompts, options);

        using Anew anew = new(_folder);
        for (int i = 0; i < Prompts.Length; i++)
        {
            (int[] ids, bool ended) = anew.Greedy(_tokenizer.EncodeIds(Prompts[i]).Ids, 12);
            Assert.That(written[i].Ids, Is.EqualTo(ids), Prompts[i]);
            Assert.That(written[i].End, Is.EqualTo(ended ? GenerationEnd.EndToken : GenerationEnd.Length));
        }
    }

    [Test]
    public void A_cache_keeps_what_layers_that_see_near_tokens_alone_need()
    {
        string model = _files.File("gpt-neo"), export = _files.File("exported");
        TinyLlama.Write(model, fields: TinyLlama.GptNeo);
        _ = CliRun.Of("export", "--model", model, "--out", export).Succeeded();
        using Generator generator = Generator.Open(export);

        IReadOnlyList<GeneratedText> written = generator.Generate(
            Prompts, new() { MaxNewTokens = 16 });

        using Anew anew = new(model);
        for (int i = 0; i < Prompts.Length; i++)
        {
            Assert.That(written[i].Ids, Is.EqualTo(anew.Greedy(_tokenizer.EncodeIds(Prompts[i]).Ids, 16).Ids));
        }

        Assert.That(written.Sum(text => text.Ids.Count), Is.GreaterThan(16));
    }

    [Test]
    public void A_search_with_room_for_all_finds_the_best_of_all_texts([Values(0.0, 1.0, 2.0)] double lengthPenalty)
    {
        using Anew anew = new(_folder);
        int[] prompt = _tokenizer.EncodeIds("the cat").Ids;
        GenerationOptions options = new()
        {
            MaxNewTokens = 2, Beams = 17 * 17, LengthPenalty = lengthPenalty, StopsEarly = false,
        };

        GeneratedText found = _generator.Generate(["the cat"], options)[0];

        // Texts that end: at once, or after one token; they count with the token that ends them.
        double[] first = anew.LogProbabilities(prompt);
        List<(int[] Ids, double Score)> all = [([], first[End])];
        for (int id = 0; id < first.Length; id++)
        {
            if (id != End)
            {
                double score = first[id] + anew.LogProbabilities([.. prompt, id])[End];
                all.Add(([id], score / Math.Pow(2, lengthPenalty)));
            }
        }

        Assert.That(found.Ids, Is.EqualTo(all.MaxBy(text => text.Score).Ids));
        Assert.That(found.End, Is.EqualTo(GenerationEnd.EndToken));
    }

    [Test]
    public void A_search_of_one_text_is_none()
    {
        // Two texts at a time find at least as probable a text as one.
        using Anew anew = new(_folder);
        foreach (string prompt in Prompts)
        {
            int[] ids = _tokenizer.EncodeIds(prompt).Ids;
            GenerationOptions options = new() { MaxNewTokens = 5, MinNewTokens = 5, LengthPenalty = 0 };
            double One(GeneratedText text) => anew.Score(ids, [.. text.Ids]);

            double greedy = One(_generator.Generate([prompt], options)[0]);
            double searched = One(_generator.Generate([prompt], options with { Beams = 4 })[0]);

            Assert.That(searched, Is.GreaterThanOrEqualTo(greedy - 1e-5), prompt);
        }
    }

    [Test]
    public void Draws_do_not_depend_on_what_runs_beside_them()
    {
        GenerationOptions options = new() { MaxNewTokens = 10, Samples = true, Seed = 5 };

        IReadOnlyList<GeneratedText> together = _generator.Generate(Prompts, options);
        IReadOnlyList<GeneratedText> alone = _generator.Generate(Prompts, options with { BatchSize = 1 });
        IReadOnlyList<GeneratedText> other = _generator.Generate(Prompts, options with { Seed = 6 });

        Assert.That(together.Select(text => text.Text), Is.EqualTo(alone.Select(text => text.Text)));
        Assert.That(together.Select(text => text.Text), Is.Not.EqualTo(other.Select(text => text.Text)));
    }

    [Test]
    public void A_stream_is_the_text_in_pieces()
    {
        GenerationOptions options = new() { MaxNewTokens = 10 };
        foreach (string prompt in Prompts)
        {
            string[] pieces = [.. _generator.Stream(prompt, options)];

            Assert.That(string.Concat(pieces), Is.EqualTo(_generator.Generate([prompt], options)[0].Text));
            Assert.That(pieces, Has.All.Not.Empty);
        }
    }

    [Test]
    public void A_stop_string_ends_the_text_before_it()
    {
        GenerationOptions options = new() { MaxNewTokens = 12, MinNewTokens = 12 };
        GeneratedText whole = _generator.Generate([Prompts[0]], options)[0];
        string stop = whole.Text.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3];

        GeneratedText cut = _generator.Generate([Prompts[0]], options with { StopStrings = [stop] })[0];

        Assert.That(cut.End, Is.EqualTo(GenerationEnd.StopString));
        Assert.That(cut.Text, Is.EqualTo(whole.Text[..whole.Text.IndexOf(stop, StringComparison.Ordinal)]));
        Assert.That(
            string.Concat(_generator.Stream(Prompts[0], options with { StopStrings = [stop] })), Is.EqualTo(cut.Text));
    }

    [Test]
    public void A_text_ends_with_the_positions_of_the_model()
    {
        GeneratedText text = _generator.Generate(
            ["the cat"], new() { MaxNewTokens = 100, MinNewTokens = 100 })[0];

        Assert.That(text.Ids, Has.Count.EqualTo(TinyLlama.Positions - 3));
        Assert.That(text.End, Is.EqualTo(GenerationEnd.Length));
    }

    [Test]
    public void A_prompt_that_fills_the_positions_is_refused()
    {
        string prompt = string.Join(' ', Enumerable.Repeat("the", TinyLlama.Positions - 1));

        Assert.That(
            () => _generator.Generate([prompt]),
            Throws.InstanceOf<RunException>().With.Message.Contains("has 32 tokens; the model has 32 positions"));
    }

    [TestCase("MaxNewTokens is 0; expected 1 or more", 0, 1, 1)]
    [TestCase("Beams is 0; expected 1 or more", 5, 0, 1)]
    [TestCase("TopP is 0; expected more than 0 and at most 1", 5, 1, 0)]
    public void Options_out_of_range_are_refused(string message, int most, int beams, double p) => Assert.That(
        () => _generator.Generate(["the"], new() { MaxNewTokens = most, Beams = beams, TopP = p }),
        Throws.ArgumentException.With.Message.Contains(message));

    /// <summary>The packed graph of the same weights, which reads whole texts.</summary>
    private sealed class Anew : IDisposable
    {
        private readonly FolderWeights _weights;
        private readonly PackedModel _model;
        private readonly int _vocabulary;

        public Anew(string folder)
        {
            _vocabulary = Architecture.For(ModelConfig.Load(folder)).Shape.Vocabulary;
            NextTokenHead head = new(_vocabulary);
            _weights = FolderWeights.Read(folder, head);
            _model = new PackedModel(
                _weights.Architecture, head, _weights.Layout, _weights.Buffer, Precision.Fp32,
                new ExecutionOptions(), "anew");
        }

        public (int[] Ids, bool Ended) Greedy(int[] prompt, int most)
        {
            List<int> written = [];
            while (written.Count < most)
            {
                double[] next = LogProbabilities([.. prompt, .. written]);
                int best = Array.IndexOf(next, next.Max());
                if (best == End)
                {
                    return ([.. written], true);
                }

                written.Add(best);
            }

            return ([.. written], false);
        }

        public double Score(int[] prompt, int[] written) =>
            written.Select((id, i) => LogProbabilities([.. prompt, .. written[..i]])[id]).Sum();

        public double[] LogProbabilities(int[] ids)
        {
            LastRow sink = new(_vocabulary);
            TokenizedExample example = new(ids, new int[ids.Length]) { OutputTokens = [ids.Length - 1] };
            _model.Run([example], sink);
            return sink.LogProbabilities();
        }

        public void Dispose()
        {
            _model.Dispose();
            _weights.Dispose();
        }
    }
}
