using System.Text.Json.Nodes;
using OrtTrainer.Tests.Text.Normalization;
using OrtTrainer.Text;
using static OrtTrainer.Tests.Text.Loading.TinySentencePiece;

namespace OrtTrainer.Tests.Text.Loading.Conversion;

/// <summary>Folders with a family's SentencePiece model and no tokenizer.json.</summary>
public sealed class SentencePieceConversionTests
{
    private static readonly byte[][] Bert =
        [Piece("<pad>", 0, 3), Piece("<unk>", 0, 2), Piece("[CLS]", 0, 3), Piece("[SEP]", 0, 3), Piece("[MASK]", 0, 3)];

    private static readonly byte[][] Fairseq = [Piece("<unk>", 0, 2), Piece("<s>", 0, 3), Piece("</s>", 0, 3)];

    private static readonly byte[][] Letters =
    [
        Piece("\u2581a", -1), Piece("a", -2), Piece("\u2581", -3), Piece("b", -2.5f), Piece("!", -4), Piece("A", -9),
        Piece("a!", -2),
    ];

    private static readonly byte[] Map = Message(3, Message(2, TinyCharacterMap.Bytes(("\t", " "), ("\uff41", "a"))));

    private TinyTokenizer _files = null!;

    [SetUp]
    public void MakeFolder() => _files = new TinyTokenizer();

    [TearDown]
    public void DeleteFolder() => _files.Dispose();

    [TestCase("albert", new[] { 2, 5, 8, 3, 5, 3 }, new[] { 0, 0, 0, 0, 1, 1 })]
    [TestCase("deberta-v2", new[] { 2, 5, 8, 3, 5, 3 }, new[] { 0, 0, 0, 0, 1, 1 })]
    [TestCase("xlm-roberta", new[] { 0, 4, 7, 2, 2, 4, 2 }, new[] { 0, 0, 0, 0, 0, 0, 0 })]
    [TestCase("camembert", new[] { 5, 7, 10, 6, 6, 7, 6 }, new[] { 0, 0, 0, 0, 0, 0, 0 })]
    public void Pieces_and_special_tokens_are_numbered_as_the_family_does(string family, int[] ids, int[] types)
    {
        Encoding pair = Load(family).Encode("ab", "a");

        Assert.That(pair.Ids, Is.EqualTo(ids));
        Assert.That(pair.TypeIds, Is.EqualTo(types));
    }

    [TestCase("albert", "[MASK]", 4, 1, 0)]
    [TestCase("deberta-v2", "[MASK]", 4, 1, 0)]
    [TestCase("xlm-roberta", "<mask>", 11, 3, 1)]
    [TestCase("camembert", "<mask>", 14, 3, 1)]
    public void Mask_unknown_and_padding_have_their_ids(string family, string mask, int id, int unknown, int padding)
    {
        Tokenizer tokenizer = Load(family);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(tokenizer.Encode($"a {mask}").Ids.Skip(1).SkipLast(1), Does.Contain(id));
            Assert.That(tokenizer.MaskId, Is.EqualTo(id));
            Assert.That(tokenizer.PadId, Is.EqualTo(padding));
            Assert.That(tokenizer.Encode("a\u4e2d").Ids.Skip(1).SkipLast(1).Last(), Is.EqualTo(unknown));
        }
    }

    [TestCase("albert")]
    [TestCase("deberta-v2")]
    [TestCase("xlm-roberta")]
    [TestCase("camembert")]
    public void Blanks_at_the_ends_and_in_rows_do_not_count(string family)
    {
        Tokenizer tokenizer = Load(family);

        Assert.That(tokenizer.Encode("  a \t b \t").Ids, Is.EqualTo(tokenizer.Encode("a b").Ids));
    }

    [TestCase("albert", "Replace Replace NFKD StripAccents Lowercase Precompiled Replace Strip", "Metaspace")]
    [TestCase("deberta-v2", "Strip Precompiled Replace", "Sequence")]
    [TestCase("xlm-roberta", "Precompiled Strip Replace", "Metaspace")]
    [TestCase("camembert", "Precompiled Strip Replace", "Metaspace")]
    public void The_written_file_has_the_components_of_the_family(string family, string steps, string cutting)
    {
        JsonObject json = JsonNode.Parse(Load(family).ToTokenizerJson())!.AsObject();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(json["normalizer"]!["normalizers"]!.AsArray().Select(step => (string)step!["type"]!),
                Is.EqualTo(steps.Split(' ')));
            Assert.That((string)json["pre_tokenizer"]!["type"]!, Is.EqualTo(cutting));
            Assert.That((string)json["post_processor"]!["type"]!, Is.EqualTo("TemplateProcessing"));
            Assert.That((string)json["model"]!["type"]!, Is.EqualTo("Unigram"));
        }
    }

    [TestCase("albert", "[]")]
    [TestCase("deberta-v2", "[]")]
    [TestCase("xlm-roberta", "[]")]
    [TestCase("camembert", "[]")]
    [TestCase("albert", """["keep_accents", "do_lower_case"]""")]
    [TestCase("deberta-v2", """["do_lower_case", "split_by_punct"]""")]
    public void What_is_written_gives_the_same_ids(string family, string flags)
    {
        Tokenizer before = Load(family, new JsonObject(JsonNode.Parse(flags)!.AsArray()
            .Select(flag => KeyValuePair.Create((string)flag!, (JsonNode?)true))));
        using TinyTokenizer written = new();
        File.WriteAllBytes(written["tokenizer.json"], before.ToTokenizerJson());
        Tokenizer after = Tokenizer.Load(written.Folder);
        string[] texts =
        [
            "ab", "A\u0301 b", "``a''", "a!b", "\uff41 \t a ", "", " ", "<mask>a [MASK] a", "</s>[SEP]<pad>",
            "a\u4e2d\U0001F600b", "a\n\n b", "\u2581a", "[UNK] <unk>",
        ];

        foreach (string text in texts)
        {
            using (Assert.EnterMultipleScope())
            {
                Assert.That(after.EncodeIds(text).Ids, Is.EqualTo(before.EncodeIds(text).Ids), text);
                Assert.That(after.EncodeIds(text, "b").TypeIds, Is.EqualTo(before.EncodeIds(text, "b").TypeIds), text);
                Assert.That(after.Encode(text).Offsets, Is.EqualTo(before.Encode(text).Offsets), text);
                Assert.That(after.Decode(before.EncodeIds(text).Ids), Is.EqualTo(
                    before.Decode(before.EncodeIds(text).Ids)), text);
            }
        }
    }

    [TestCase("do_lower_case", "A", "\u2581a")]
    [TestCase("split_by_punct", "a!", "\u2581a \u2581 !")]
    [TestCase("keep_accents", "a!", "\u2581 a!", Description = "means nothing to DeBERTa")]
    public void Deberta_may_lower_case_and_split_at_punctuation(string flag, string text, string expected)
    {
        Tokenizer tokenizer = Load("deberta-v2", new JsonObject { [flag] = true });

        Assert.That(tokenizer.Encode(text).Ids.Skip(1).SkipLast(1).Select(tokenizer.IdToToken),
            Is.EqualTo(expected.Split(' ')));
    }

    [Test]
    public void Pieces_that_were_defined_stay_inside_words()
    {
        Tokenizer tokenizer = Load("albert", [], [.. Bert, .. Letters, Piece("(", 0, 4)]);

        Assert.That(tokenizer.Encode("a(b").Ids, Is.EqualTo([2, 5, 12, 8, 3]));
    }

    [Test]
    public void Fairseq_families_need_their_first_pieces() => Assert.That(
        () => Load("xlm-roberta", [], [.. Bert, .. Letters]),
        Throws.TypeOf<InvalidDataException>().With.Message.Contains(
            "its first pieces are <pad>, <unk>, [CLS] instead of <unk>, <s>, </s>, which XLMRobertaTokenizer"));

    [TestCase(2, 0, 0, "no unigram model")]
    [TestCase(1, 35, 0, "turns unknown characters into bytes")]
    [TestCase(1, 24, 0, "its blanks end words")]
    [TestCase(1, 0, 3, "puts no blank in front of a text")]
    [TestCase(1, 0, 5, "leaves blanks as they are")]
    public void What_the_family_does_not_have_is_refused(int type, int trained, int normalized, string reason)
    {
        byte[] model =
        [
            .. ModelWith(type, trained > 0 ? Number(trained, 1) : [], [.. Bert, .. Letters]),
            .. normalized > 0 ? Message(3, Number(normalized, 0)) : [],
        ];

        Assert.That(() => Write("albert", [], model), Throws.TypeOf<InvalidDataException>()
            .With.Message.Contains($"{reason}, which").And.Message.Contains("tokenizer.json beside it"));
    }

    private Tokenizer Load(string family, JsonObject? settings = null, byte[][]? pieces = null) => Write(
        family, settings ?? [],
        [.. Model(1, pieces ?? [.. family is "albert" or "deberta-v2" ? Bert : Fairseq, .. Letters]), .. Map]);

    private Tokenizer Write(string family, JsonObject settings, byte[] model)
    {
        File.WriteAllBytes(_files["sentencepiece.bpe.model"], model);
        _files.Write("config.json", $$"""{"model_type": "{{family}}"}""");
        if (family == "deberta-v2")
        {
            settings["pad_token"] = "<pad>";
            settings["unk_token"] = "<unk>";
        }

        _files.Write("tokenizer_config.json", settings.ToJsonString());
        return Tokenizer.Load(_files.Folder);
    }
}
