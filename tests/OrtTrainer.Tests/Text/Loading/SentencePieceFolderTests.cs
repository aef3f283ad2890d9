using OrtTrainer.Tests.Text.Normalization;
using OrtTrainer.Text;
using static OrtTrainer.Tests.Text.Loading.TinySentencePiece;

namespace OrtTrainer.Tests.Text.Loading;

/// <summary>Every setting in a SentencePiece file, and the special tokens that a folder's class asks for.</summary>
public sealed class SentencePieceFolderTests
{
    private static readonly byte[][] Pieces =
    [
        Piece("<unk>", 0, 2), Piece("[CLS]", 0, 3), Piece("[SEP]", 0, 3), Piece("</s>", 0, 3), Piece("▁a", -1),
        Piece("a", -2), Piece("▁", -3), Piece("a▁", -1.5f), Piece(" ", -9), Piece("b", -5),
    ];

    private TinyTokenizer _files = null!;

    [SetUp]
    public void MakeFolder() => _files = new TinyTokenizer();

    [TearDown]
    public void DeleteFolder() => _files.Dispose();

    [TestCase(1, 1, 1, "▁a ▁a")]
    [TestCase(0, 1, 1, "a ▁a")]
    [TestCase(1, 0, 1, "▁ ▁a ▁ ▁a ▁")]
    [TestCase(0, 0, 1, "▁a ▁ ▁a ▁")]
    public void The_file_decides_about_blanks(int prefix, int remove, int escape, string expected)
    {
        byte[] normalizer = [.. Number(3, (ulong)prefix), .. Number(4, (ulong)remove), .. Number(5, (ulong)escape)];

        Assert.That(Tokens(Write([.. Model(1, Pieces), .. Message(3, normalizer)]), " a  a "), Is.EqualTo(expected));
    }

    [Test]
    public void Blanks_may_be_left_as_they_are() => Assert.That(
        Write([.. Model(1, Pieces), .. Message(3, Number(5, 0))]).Encode("a").Ids, Is.EqualTo([8, 5]), "a blank and a");

    [Test]
    public void The_visible_blank_may_end_words() =>
        Assert.That(Tokens(Write(ModelWith(1, Number(24, 1), Pieces)), "a a"), Is.EqualTo("a▁ a▁"));

    [Test]
    public void The_character_map_of_the_file_is_applied() => Assert.That(
        Tokens(Write([.. Model(1, Pieces), .. Message(3, Message(2, TinyCharacterMap.Bytes(("A", "a"))))]), "A"),
        Is.EqualTo("▁a"));

    [Test]
    public void A_damaged_character_map_is_named() => Assert.That(
        () => Write([.. Model(1, Pieces), .. Message(3, Message(2, [9, 9, 9, 9, 0]))]),
        Throws.TypeOf<InvalidDataException>().With.Message.Contains("spiece.model: its character map is damaged"));

    [Test]
    public void The_surface_of_unknown_tokens_is_the_files() => Assert.That(
        Write(ModelWith(1, Utf8(44, "?!"), Pieces)).Decode([4, 0]), Is.EqualTo("a?!"));

    [Test]
    public void Fields_that_are_not_known_are_passed_over() => Assert.That(
        Tokens(Write([.. Utf8(9, "new"), .. Model(1, Pieces), .. Number(200, 7)]), "a"), Is.EqualTo("▁a"));

    [Test]
    public void A_model_without_an_unknown_piece_is_refused() => Assert.That(
        () => Write(Model(1, Piece("a", -1))),
        Throws.TypeOf<InvalidDataException>().With.Message.Contains("none of its 1 pieces is the unknown token"));

    [TestCase("AlbertTokenizer")]
    [TestCase("AlbertTokenizerFast")]
    [TestCase("DebertaV2Tokenizer")]
    public void Albert_and_deberta_put_their_tokens_as_bert_does(string tokenizerClass)
    {
        Tokenizer tokenizer = Load(Model(1, Pieces), $$"""{"tokenizer_class": "{{tokenizerClass}}"}""");

        Assert.That(tokenizer.Encode("a", "a").Ids, Is.EqualTo([1, 4, 2, 4, 2]));
        Assert.That(tokenizer.Encode("a", "a").TypeIds, Is.EqualTo([0, 0, 0, 1, 1]));
        Assert.That(tokenizer.Encode("a[SEP]").Ids, Is.EqualTo([1, 4, 2, 2]), "found in the text");
    }

    [TestCase("{}", "À``B''", "a\"b\"")]
    [TestCase("{\"do_lower_case\": false}", "À``B''", "A\"B\"")]
    [TestCase("{\"keep_accents\": true}", "À``B''", "à\"b\"")]
    [TestCase("{\"keep_accents\": true, \"do_lower_case\": false}", "ÀＢ", "ÀＢ")]
    [TestCase("{}", "ＡＢ", "ab", Description = "compatible characters are decomposed")]
    public void Albert_changes_texts_before_the_model_does(string config, string text, string expected)
    {
        _files.Write("config.json", """{"model_type": "albert"}""");
        string[] characters = ["▁", "a", "b", "A", "B", "à", "À", "\"", "`", "'", "Ａ", "Ｂ"];
        Tokenizer tokenizer = Load(
            Model(1, [.. Pieces.Take(3), .. characters.Select(c => Piece(c, -1))]), config);

        Assert.That(tokenizer.Encode(text).Ids.Skip(1).SkipLast(1).Select(tokenizer.IdToToken),
            Is.EqualTo(("▁" + expected).Select(c => c.ToString())));
    }

    [TestCase("albert", "▁1 ,")]
    [TestCase("deberta-v2", "▁1,")]
    public void Numbers_of_Albert_stand_apart_from_commas(string family, string expected)
    {
        _files.Write("config.json", $$"""{"model_type": "{{family}}"}""");
        byte[][] pieces = [.. Pieces.Take(3), Piece("▁1,", -1), Piece("▁1", -3), Piece(",", -3)];

        Tokenizer tokenizer = Load(Model(1, pieces), "{}");

        Assert.That(
            tokenizer.Encode("1,").Ids.Skip(1).SkipLast(1).Select(tokenizer.IdToToken),
            Is.EqualTo(expected.Split(' ')));
    }

    [TestCase("albert", new[] { 1, 4, 2 })]
    [TestCase("deberta-v2", new[] { 1, 4, 2 })]
    [TestCase("t5", new[] { 4, 3 })]
    [TestCase("some-family", new[] { 4 })]
    public void Without_a_class_the_family_decides(string family, int[] expected)
    {
        _files.Write("config.json", $$"""{"model_type": "{{family}}"}""");

        Assert.That(Load(Model(1, Pieces), "{}").Encode("a").Ids, Is.EqualTo(expected));
    }

    [Test]
    public void Special_tokens_may_have_other_names()
    {
        Tokenizer tokenizer = Load(
            Model(1, Pieces), """{"tokenizer_class": "T5Tokenizer", "eos_token": {"content": "[SEP]"}}""");

        Assert.That(tokenizer.Encode("a").Ids, Is.EqualTo([4, 2]));
    }

    [Test]
    public void A_special_token_that_is_no_piece_is_named() => Assert.That(
        () => Load(Model(1, Pieces), """{"tokenizer_class": "AlbertTokenizer", "cls_token": "<c>"}"""),
        Throws.TypeOf<InvalidDataException>().With.Message.Contains(
            "lacks the cls_token '<c>' that AlbertTokenizer needs"));

    [Test]
    public void A_class_that_renumbers_pieces_and_is_not_known_is_refused() => Assert.That(
        () => Load(Model(1, Pieces), """{"tokenizer_class": "MBartTokenizerFast"}"""),
        Throws.TypeOf<InvalidDataException>().With.Message.Contains("renumbers"));

    [TestCase("{}")]
    [TestCase("{\"do_lower_case\": false, \"vocab_type\": \"spm\"}")]
    public void Deberta_is_known_by_its_model_and_has_a_mask_after_the_last_piece(string settings)
    {
        File.WriteAllBytes(_files["spm.model"], Model(1, Pieces));
        _files.Write("config.json", "{\"model_type\": \"deberta-v2\"}");
        _files.Write("tokenizer_config.json", settings);
        Tokenizer tokenizer = Tokenizer.Load(_files.Folder);

        Assert.That(tokenizer.Encode("a", "a").Ids, Is.EqualTo([1, 4, 2, 4, 2]));
        Assert.That(tokenizer.Encode("[MASK]").Ids, Is.EqualTo([1, Pieces.Length, 2]));
    }

    [TestCase("spiece.model")]
    [TestCase("spm.model")]
    [TestCase("sentencepiece.bpe.model")]
    [TestCase("tokenizer.model")]
    public void Every_usual_name_is_found_and_without_a_class_nothing_is_put_around(string name)
    {
        File.WriteAllBytes(_files[name], Model(1, Pieces));

        Assert.That(Tokenizer.Load(_files.Folder).Encode("a").Ids, Is.EqualTo([4]));
        Assert.That(Tokenizer.Load(_files.Folder).TokenizerFiles, Is.EqualTo([_files[name]]));
    }

    private static string Tokens(Tokenizer tokenizer, string text) =>
        string.Join(' ', tokenizer.Encode(text).Ids.Select(tokenizer.IdToToken));

    private Tokenizer Write(byte[] model)
    {
        File.WriteAllBytes(_files["spiece.model"], model);
        return Tokenizer.FromSentencePiece(_files["spiece.model"]);
    }

    private Tokenizer Load(byte[] model, string config)
    {
        File.WriteAllBytes(_files["spiece.model"], model);
        _files.Write("tokenizer_config.json", config);
        return Tokenizer.Load(_files.Folder);
    }
}
