using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Export;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Text;
using OrtTrainer.Tests.Text.Loading.Conversion;
using OrtTrainer.Text;

namespace OrtTrainer.Tests.Export.Edge;

/// <summary>Exported tokenizers in transformers.js: their ids for difficult texts.</summary>
public sealed class TokenizersInJavaScriptTests
{
    private static readonly string[] Texts =
    [
        "what is a neutron star ?", "", " ", "What  is\ta\n\nstar", "  the book  ", "caf\u00e9s cafe\u0301s",
        "\u4e2d\u6587 \u4e2d", "\U0001F600 star\U0001F600", "snake_case $100.50, a<b>c", new('a', 120),
        "[MASK] <mask> [SEP]</s> <s>[CLS]", "what[MASK]is <mask>star", "stars.star,star", "\u00c0\u00c9 \u0130",
        "\u0939\u093f\u0928\u094d\u0926\u0940", "\ud55c\uad6d\uc5b4", "don't you're WE'LL", "1,234 12,",
    ];

    /// <summary>
    /// What transformers.js reads otherwise: it lower-cases a word-final capital sigma to its final form, and has one
    /// normalization of its own in place of every precompiled character map.
    /// </summary>
    private static readonly string[] ReadOtherwise =
    [
        "\u03a3\u03af\u03c3\u03c5\u03c6\u03bf\u03c2 \u03a3\u038a\u03a3\u03a5\u03a6\u039f\u03a3",
        "\U0001F469\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466 family \U0001F1E9\U0001F1EA flag "
            + "\U0001F44D\U0001F3FD",
        "zero\u200bwidth\u200djoin\ufeffbom",
        "a\u0300\u0301\u0302b",
    ];

    [Test]
    public void Difficult_texts_have_our_ids_in_every_family()
    {
        using TemporaryFolder root = new();
        Dictionary<string, int[][]> expected = EdgeFamily.Names.ToDictionary(family => family, family =>
        {
            using TemporaryFolder source = new();
            EdgeFamily.Write(family, source);
            Tokenizer tokenizer = Export(source.Path, Path.Combine(root.Path, family));
            return Texts.Select(text => tokenizer.EncodeIds(text).Ids).ToArray();
        });

        foreach ((string family, int[][] ids) in Ids(root.Path, EdgeFamily.Names.ToDictionary(f => f, _ => Texts)))
        {
            using (Assert.EnterMultipleScope())
            {
                for (int i = 0; i < Texts.Length; i++)
                {
                    Assert.That(ids[i], Is.EqualTo(expected[family][i]), $"{family}: '{Texts[i]}'");
                }
            }
        }
    }

    [Test]
    public void Reference_texts_have_the_ids_of_Hugging_Face_but_for_those_that_transformers_js_reads_otherwise()
    {
        using TemporaryFolder root = new();
        Dictionary<string, (string[] Texts, int[][] Ids)> expected = [];
        foreach (string name in TokenizerGolden.Names())
        {
            Export(TokenizerGolden.FolderOf(name), Path.Combine(root.Path, name));
            JsonElement[] single = [.. TokenizerGolden.Read(name).Root.GetProperty("single").EnumerateArray()];
            expected[name] = (
                [.. single.Select(text => text.GetProperty("text").GetString()!)],
                [.. single.Select(text => TokenizerGolden.Numbers(text, "ids"))]);
        }

        foreach (string family in new[] { "albert", "camembert", "deberta-v2", "xlm-roberta" })
        {
            using TemporaryFolder source = new();
            TrainedPieces.Write(family, source.Path);
            Tokenizer tokenizer = Export(source.Path, Path.Combine(root.Path, family));
            string[] texts = expected["unigram"].Texts;
            expected[family] = (texts, [.. texts.Select(text => tokenizer.EncodeIds(text).Ids)]);
        }

        List<string> others = [];
        foreach ((string name, int[][] ids) in Ids(root.Path, expected.ToDictionary(e => e.Key, e => e.Value.Texts)))
        {
            for (int i = 0; i < ids.Length; i++)
            {
                if (!ids[i].SequenceEqual(expected[name].Ids[i]))
                {
                    others.Add(expected[name].Texts[i]);
                }
            }
        }

        Assert.That(others.Distinct(), Is.EquivalentTo(ReadOtherwise));
        Assert.That(others, Has.Count.EqualTo(16), "one of BERT, three of each of five unigram models");
        Assert.That(expected.Sum(e => e.Value.Texts.Length), Is.EqualTo(11 * 260));
    }

    private static Tokenizer Export(string source, string folder)
    {
        Directory.CreateDirectory(folder);
        TokenizerExport.Read(source, positions: 512, maxLength: null).Write(folder);
        return Tokenizer.Load(folder);
    }

    /// <summary>The ids of texts in transformers.js, by the name of a tokenizer's folder.</summary>
    private static IEnumerable<(string Name, int[][] Ids)> Ids(string root, Dictionary<string, string[]> texts)
    {
        Queue<JsonObject> answers = new(EdgeClient.Run("run-transformers.mjs", null, texts.SelectMany(named =>
            named.Value.Select(text =>
                new JsonObject { ["folder"] = Path.Combine(root, named.Key), ["tokenize"] = text }))));
        return texts.Select(named => (named.Key, named.Value.Select(_ =>
            answers.Dequeue()["ids"]!.AsArray().Select(id => (int)id!).ToArray()).ToArray()));
    }
}
