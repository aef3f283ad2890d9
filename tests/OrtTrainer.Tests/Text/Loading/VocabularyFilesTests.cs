using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text.Loading;

/// <summary>vocab.txt, and vocab.json with merges.txt: what is in them, what is missing, what is malformed.</summary>
public sealed class VocabularyFilesTests
{
    private const string Words = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n";

    private TinyTokenizer _files = null!;

    [SetUp]
    public void MakeFolder() => _files = new TinyTokenizer();

    [TearDown]
    public void DeleteFolder() => _files.Dispose();

    [TestCase("{}", "Éa 中", new[] { 2, 5, 6, 8, 3 })]
    [TestCase("""{"strip_accents": false}""", "Éa 中", new[] { 2, 7, 6, 8, 3 })]
    [TestCase("""{"do_lower_case": false}""", "Éa", new[] { 2, 1, 3 })]
    [TestCase("""{"do_lower_case": false, "strip_accents": true}""", "éa", new[] { 2, 5, 6, 3 })]
    [TestCase("""{"tokenize_chinese_chars": false}""", "中e", new[] { 2, 8, 9, 3 })]
    [TestCase("""{"tokenize_chinese_chars": true}""", "中e", new[] { 2, 8, 5, 3 })]
    public void Settings_of_wordpiece_are_those_of_tokenizer_config(string config, string text, int[] expected)
    {
        _files.Write("vocab.txt", Words + "e\n##a\né\n中\n##e\n");
        _files.Write("tokenizer_config.json", config);

        Assert.That(Tokenizer.Load(_files.Folder).Encode(text).Ids, Is.EqualTo(expected));
    }

    [TestCase(100, 100)]
    [TestCase(101, 1)]
    public void A_word_of_more_than_a_hundred_characters_is_unknown(int length, int tokens)
    {
        _files.Write("vocab.txt", Words + "a\n##a\n");

        Assert.That(Tokenizer.FromVocabTxt(_files["vocab.txt"]).Encode(new string('a', length)).Ids,
            Has.Count.EqualTo(tokens + 2));
    }

    [TestCase("[PAD]")]
    [TestCase("[UNK]")]
    [TestCase("[CLS]")]
    [TestCase("[SEP]")]
    [TestCase("[MASK]")]
    public void Every_special_token_must_be_there(string token)
    {
        _files.Write("vocab.txt", Words.Replace(token, "x", StringComparison.Ordinal));

        Assert.That(
            () => Tokenizer.Load(_files.Folder),
            Throws.TypeOf<InvalidDataException>()
                .With.Message.Contains("vocab.txt").And.Message.Contains($"'{token}'"));
    }

    [TestCase("tokenizer_config.json", """{"tokenizer_class": "MPNetTokenizer"}""")]
    [TestCase("config.json", """{"model_type": "mpnet"}""")]
    public void Texts_of_MPNet_stand_where_those_of_RoBERTa_do(string file, string content)
    {
        _files.Write("vocab.txt", "<s>\n<pad>\n</s>\n[UNK]\na\nb\n<mask>\n");
        _files.Write(file, content);
        Tokenizer tokenizer = Tokenizer.Load(_files.Folder);

        Assert.That(tokenizer.Encode("A c").Ids, Is.EqualTo([0, 4, 3, 2]));
        Assert.That(tokenizer.Encode("a", "b").Ids, Is.EqualTo([0, 4, 2, 2, 5, 2]));
        Assert.That(tokenizer.Encode("a", "b").TypeIds, Is.EqualTo([0, 0, 0, 0, 1, 1]));
    }

    [Test]
    public void A_vocabulary_of_MPNet_needs_its_special_tokens()
    {
        _files.Write("vocab.txt", Words);
        _files.Write("config.json", """{"model_type": "mpnet"}""");

        Assert.That(() => Tokenizer.Load(_files.Folder),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("lacks the cls_token '<s>'"));
    }

    [Test]
    public void A_blank_line_has_an_id_too()
    {
        _files.Write("vocab.txt", Words + "\na\n");

        Assert.That(Tokenizer.Load(_files.Folder).Encode("a").Ids, Is.EqualTo([2, 6, 3]));
    }

    [TestCase("vocab.json", "[]", "expected an object")]
    [TestCase("vocab.json", """{"a": "0"}""", "field 'a' is \"0\", expected a whole number")]
    [TestCase("vocab.json", """{"a": -1}""", "field 'a' is -1")]
    [TestCase("vocab.json", """{"a": 99999999}""", "a token id below")]
    [TestCase("vocab.json", """{"a": 0""", "not valid JSON")]
    [TestCase("vocab.json", """{"a": 0, "b": 1, "ab": 2, "Ġ": 3, "Ġa": 4}""", "lacks the eos_token '<|endoftext|>'")]
    [TestCase("merges.txt", "#version: 0.2\na b\nab\n", "line 3: 'ab'")]
    [TestCase("merges.txt", "a b \n", "line 1: 'a b '")]
    [TestCase("merges.txt", "b a\n", "needs the token 'ba'")]
    [TestCase("added_tokens.json", """["<x>"]""", "expected an object")]
    [TestCase("added_tokens.json", """{"<x>": 1.5}""", "field '<x>' is 1.5")]
    public void A_malformed_file_is_named_with_what_was_expected(string file, string content, string expected)
    {
        WriteByteLevel();
        _files.Write(file, content);

        Assert.That(
            () => Tokenizer.Load(_files.Folder),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains(_files[file]).And.Message.Contains(expected));
    }

    [Test]
    public void A_version_line_and_empty_lines_are_no_merges()
    {
        WriteByteLevel();
        _files.Write("merges.txt", "#version: 0.2\n\na b\n\n");
        Assert.That(Tokenizer.Load(_files.Folder).Encode("ab").Ids, Is.EqualTo([2]));

        _files.Write("merges.txt", "a b\n");
        Assert.That(Tokenizer.Load(_files.Folder).Encode("ab").Ids, Is.EqualTo([2]), "without a version");
    }

    [TestCase("""{"add_prefix_space": true}""", new[] { 4 })]
    [TestCase("""{"add_prefix_space": false}""", new[] { 0 })]
    [TestCase("{}", new[] { 0 })]
    public void A_blank_goes_in_front_where_tokenizer_config_says_so(string config, int[] expected)
    {
        WriteByteLevel();
        _files.Write("tokenizer_config.json", config);

        Assert.That(Tokenizer.Load(_files.Folder).Encode("a").Ids, Is.EqualTo(expected));
        Assert.That(Tokenizer.Load(_files.Folder).EncodeIds("a").Ids, Is.EqualTo(expected));
    }

    [TestCase("{}", new[] { 0, 4, 2 })]
    [TestCase("""{"bos_token": "</s>", "eos_token": "<s>"}""", new[] { 2, 4, 0 })]
    [TestCase("""{"cls_token": "</s>", "sep_token": "<s>"}""", new[] { 2, 4, 0 })]
    [TestCase("""{"bos_token": "</s>", "cls_token": "<s>", "sep_token": "<unk>"}""", new[] { 0, 4, 3 })]
    public void Texts_of_RoBERTa_stand_between_cls_and_sep(string config, int[] expected)
    {
        _files.Write("vocab.json", """{"<s>": 0, "<pad>": 1, "</s>": 2, "<unk>": 3, "a": 4, "<mask>": 5}""");
        _files.Write("merges.txt", "#version: 0.2\n");
        _files.Write("tokenizer_config.json", config);

        Assert.That(Tokenizer.Load(_files.Folder).Encode("a").Ids, Is.EqualTo(expected));
    }

    [TestCase("vocab.json")]
    [TestCase("merges.txt")]
    public void One_of_two_files_is_no_tokenizer(string missing)
    {
        WriteByteLevel();
        File.Delete(_files[missing]);

        Assert.That(
            () => Tokenizer.Load(_files.Folder),
            Throws.TypeOf<FileNotFoundException>().With.Message.Contains("vocab.json with merges.txt"));
    }

    [Test]
    public void Tokens_already_known_are_not_added_again()
    {
        WriteByteLevel();
        _files.Write("added_tokens.json", """{"<|endoftext|>": 5, "<x>": 6}""");
        Tokenizer tokenizer = Tokenizer.Load(_files.Folder);

        Assert.That(tokenizer.Encode("a<x><|endoftext|>").Ids, Is.EqualTo([0, 6, 5]));
        Assert.That(tokenizer.VocabularySize, Is.EqualTo(7));
        Assert.That(tokenizer.TokenizerFiles, Does.Contain(_files["added_tokens.json"]));
    }

    private void WriteByteLevel()
    {
        _files.Write("vocab.json", """{"a": 0, "b": 1, "ab": 2, "Ġ": 3, "Ġa": 4, "<|endoftext|>": 5}""");
        _files.Write("merges.txt", "#version: 0.2\na b\nĠ a\n");
    }
}
