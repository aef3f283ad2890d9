using System.Text.Json;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text.Loading.Conversion;

/// <summary>
/// A trained model with its character map, in the order that each family has its pieces: tokens are compared by their
/// texts with those of other implementations.
/// </summary>
public sealed class ConversionGoldenTests
{
    private static readonly string[] SpecialTexts = ["<s>", "</s>", "<pad>", "<unk>", "<mask>", "[CLS]", "[SEP]",
        "[MASK]", "[UNK]", "[PAD]"];

    private TinyTokenizer _files = null!;

    [SetUp]
    public void MakeFolder() => _files = new TinyTokenizer();

    [TearDown]
    public void DeleteFolder() => _files.Dispose();

    /// <summary>
    /// Their texts are normalized and cut as those of T5, of which there are reference tokens, but for a blank at
    /// the end, which T5 keeps as a token.
    /// </summary>
    [TestCase("xlm-roberta")]
    [TestCase("camembert")]
    public void Fairseq_families_have_the_tokens_of_Hugging_Face(string family)
    {
        TokenizerGolden golden = TokenizerGolden.Read("unigram");
        Tokenizer tokenizer = Convert(family);
        int compared = 0;
        foreach (JsonElement expected in golden.Root.GetProperty("single").EnumerateArray())
        {
            string text = expected.GetProperty("text").GetString()!;
            string?[] tokens = [.. TokenizerGolden.Numbers(expected, "ids_without_special")
                .Select(golden.Tokenizer.IdToToken)];
            if (!SpecialTexts.Any(text.Contains))
            {
                Assert.That(
                    Tokens(tokenizer, text), Is.EqualTo(tokens is [.., "\u2581"] ? tokens[..^1] : tokens), text);
                compared++;
            }
        }

        Assert.That(compared, Is.GreaterThan(240));
    }

    [TestCase("albert")]
    [TestCase("deberta-v2")]
    [TestCase("xlm-roberta")]
    [TestCase("camembert")]
    public void All_families_have_the_tokens_of_the_library_but_for_rare_texts(string family)
    {
        string source = SharedFiles.SharedPath("tokenizers", "trained", "unigram", "spiece.model");
        using JsonDocument golden =
            JsonDocument.Parse(File.ReadAllText(SharedFiles.Golden("tokenizers", "sentencepiece.json")));
        Tokenizer library = Tokenizer.FromSentencePiece(source);
        Tokenizer tokenizer = Convert(family);
        List<string> others = [];
        foreach (JsonElement expected in golden.RootElement.GetProperty("unigram").EnumerateArray())
        {
            string text = expected.GetProperty("text").GetString()!;
            string?[] tokens = [.. TokenizerGolden.Numbers(expected, "ids").Select(library.IdToToken)];
            if (!SpecialTexts.Any(text.Contains) && !Tokens(tokenizer, text).SequenceEqual(tokens))
            {
                others.Add(text);
            }
        }

        // The library takes the longest key of the character map, tokenizer.json's component whole clusters of
        // characters; and it takes blanks off after the map, DeBERTa before.
        Assert.That(others, Is.SubsetOf(["a\u0300\u0301\u0302b", "unk \U0001F9FF \U000E0001 \uFFFD"]));
    }

    [TestCase("albert")]
    [TestCase("deberta-v2")]
    [TestCase("xlm-roberta")]
    [TestCase("camembert")]
    public void The_written_file_gives_the_same_ids_and_places(string family)
    {
        TokenizerGolden golden = TokenizerGolden.Read("unigram");
        Tokenizer before = Convert(family);
        using TinyTokenizer written = new();
        File.WriteAllBytes(written["tokenizer.json"], before.ToTokenizerJson());
        Tokenizer after = Tokenizer.Load(written.Folder);
        string[] texts = [.. golden.Root.GetProperty("single").EnumerateArray().Concat(
            golden.Root.GetProperty("pairs").EnumerateArray()).Select(text => text.GetProperty("text").GetString()!)];
        foreach (string text in texts)
        {
            using (Assert.EnterMultipleScope())
            {
                Encoding expected = before.Encode(text, texts[0]);
                Encoding actual = after.Encode(text, texts[0]);
                Assert.That(actual.Ids, Is.EqualTo(expected.Ids), text);
                Assert.That(actual.TypeIds, Is.EqualTo(expected.TypeIds), text);
                Assert.That(actual.Offsets, Is.EqualTo(expected.Offsets), text);
            }
        }
    }

    private static IEnumerable<string?> Tokens(Tokenizer tokenizer, string text) => tokenizer
        .Encode(text, null, new EncodeOptions { AddSpecialTokens = false }).Ids.Select(tokenizer.IdToToken)
        .Select(token => token == "[UNK]" ? "<unk>" : token);

    private Tokenizer Convert(string family)
    {
        TrainedPieces.Write(family, _files.Folder);
        return Tokenizer.Load(_files.Folder);
    }
}
