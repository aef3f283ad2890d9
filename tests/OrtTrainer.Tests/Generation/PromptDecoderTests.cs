using OrtTrainer.Generation;
using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;
using OrtTrainer.Tests.Runtime.Products;

namespace OrtTrainer.Tests.Generation;

/// <summary>Texts token by token out of a cache, against the same texts read at once.</summary>
public sealed class PromptDecoderTests
{
    private TemporaryFolder _files = null!;
    private FolderWeights _weights = null!;

    [OneTimeSetUp]
    public void Open()
    {
        _files = new TemporaryFolder();
        string folder = _files.File("llama");
        TinyLlama.Write(folder);
        _weights = FolderWeights.Read(folder, new NextTokenHead(Vocabulary));
    }

    [OneTimeTearDown]
    public void Close()
    {
        _weights.Dispose();
        _files.Dispose();
    }

    private static int Vocabulary => TinyLlama.Words.Length + 3;

    [Test]
    public void A_token_from_the_cache_has_the_bits_of_the_whole_text([Values(1, 2)] int threads)
    {
        // Long enough for the cache to be given more room twice.
        int[] text = Text(1, 150);
        using PromptDecoder decoder = Decoder(threads), whole = Decoder(threads);

        _ = decoder.Start([text[..5]], padId: 0);
        for (int length = 6; length <= text.Length; length++)
        {
            float[] logits = decoder.Next([text[length - 1]]);
            Assert.That(logits, Is.EqualTo(whole.Start([text[..length]], padId: 0)), $"{length} tokens");
        }
    }

    [Test]
    public void A_text_has_the_same_bits_in_any_company()
    {
        int[][] texts = [.. Enumerable.Range(1, 9).Select(i => Text(i, 3 * i))];
        using PromptDecoder together = Decoder(), alone = Decoder();

        float[] logits = [.. together.Start(texts, padId: 0)];
        float[] next = together.Next([.. Enumerable.Repeat(7, texts.Length)]);

        for (int row = 0; row < texts.Length; row++)
        {
            Assert.That(Row(logits, row), Is.EqualTo(alone.Start([texts[row]], padId: 0)), $"row {row}");
            Assert.That(Row(next, row), Is.EqualTo(alone.Next([7])), $"row {row}");
        }
    }

    [TestCase(new[] { 2 })]
    [TestCase(new[] { 0, 2 })]
    [TestCase(new[] { 2, 1, 0 })]
    [TestCase(new[] { 1, 1, 2, 1, 0 })]
    public void Rows_go_on_from_those_they_are_told(int[] sources)
    {
        int[][] texts = [Text(1, 4), Text(2, 70), Text(3, 9)];
        using PromptDecoder decoder = Decoder(), alone = Decoder();

        _ = decoder.Start(texts, padId: 0);
        decoder.Reorder(sources);
        float[] logits = decoder.Next([.. sources.Select((_, row) => row + 3)]);

        for (int row = 0; row < sources.Length; row++)
        {
            Assert.That(
                Row(logits, row), Is.EqualTo(alone.Start([[.. texts[sources[row]], row + 3]], padId: 0)), $"row {row}");
        }
    }

    [Test]
    public void Function_bodies_write_the_cache_in_place_too()
    {
        int[][] texts = [Text(1, 4), Text(2, 9)];
        using PromptDecoder kernels = Decoder();
        using PromptDecoder bodies = new(
            _weights.Architecture, _weights.Layout, _weights.Buffer, new() { UseKernels = false });

        AssertClose(bodies.Start(texts, padId: 0), kernels.Start(texts, padId: 0));
        for (int token = 3; token < 8; token++)
        {
            AssertClose(bodies.Next([token, token + 1]), kernels.Next([token, token + 1]));
        }
    }

    [Test]
    public void Operands_can_be_rounded()
    {
        Precisions.Require(Precision.Bf16);
        int[][] texts = [Text(1, 4)];
        using PromptDecoder exact = Decoder();
        using PromptDecoder rounded = new(
            _weights.Architecture, _weights.Layout, _weights.Buffer, new(), Precision.Bf16);

        float[] expected = exact.Start(texts, padId: 0), actual = rounded.Start(texts, padId: 0);

        Assert.That(actual, Is.Not.EqualTo(expected));
        Assert.That(actual, Is.EqualTo(expected).Within(0.05 * expected.Max(Math.Abs)));
    }

    private static void AssertClose(float[] actual, float[] expected) =>
        Assert.That(actual, Is.EqualTo(expected).Within(1e-4));

    private static int[] Text(int seed, int length) =>
        [.. Enumerable.Range(0, length).Select(i => 3 + (((i * i) + (seed * i) + seed) % TinyLlama.Words.Length))];

    private static float[] Row(float[] logits, int row) => logits[(row * Vocabulary)..((row + 1) * Vocabulary)];

    private PromptDecoder Decoder(int threads = 2) => new(
        _weights.Architecture, _weights.Layout, _weights.Buffer, new() { IntraOpThreads = threads });
}
