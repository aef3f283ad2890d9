using OrtTrainer.Text;

namespace OrtTrainer.Tests.Text.Loading;

public sealed class TokenizerFolderTests
{
    private const string Vocabulary = "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\nDog\ndog\n##s\ncafe\ncafé\n";

    private TinyTokenizer _files = null!;

    [SetUp]
    public void MakeFolder() => _files = new TinyTokenizer();

    [TearDown]
    public void DeleteFolder() => _files.Dispose();

    [Test]
    public void Tokenizer_json_comes_before_everything_else()
    {
        _files.Write("tokenizer.json", TinyTokenizer.BertJson());
        _files.Write("vocab.txt", Vocabulary);

        Assert.That(Tokenizer.Load(_files.Folder).Encode("dog").Ids, Is.EqualTo([2, 9, 3]));
    }

    [Test]
    public void Vocab_txt_is_lower_cased_wordpiece_by_default()
    {
        _files.Write("vocab.txt", Vocabulary);
        Tokenizer tokenizer = Tokenizer.Load(_files.Folder);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(tokenizer.Encode("Dogs CAFÉ").Ids, Is.EqualTo([2, 6, 7, 8, 3]));
            Assert.That(tokenizer.Encode("dog", "dog").TypeIds, Is.EqualTo([0, 0, 0, 1, 1]));
            Assert.That(tokenizer.Encode("[MASK]").Ids, Is.EqualTo([2, 4, 3]));
            Assert.That(tokenizer.Decode([2, 6, 7, 3]), Is.EqualTo("dogs"));
            Assert.That(Tokenizer.FromVocabTxt(_files["vocab.txt"]).Encode("dogs").Ids, Is.EqualTo([2, 6, 7, 3]));
        }
    }

    [Test]
    public void Tokenizer_config_decides_about_case_and_accents()
    {
        _files.Write("vocab.txt", Vocabulary);
        _files.Write("tokenizer_config.json", """{"do_lower_case": false, "model_max_length": 512}""");
        Tokenizer tokenizer = Tokenizer.Load(_files.Folder);

        Assert.That(tokenizer.Encode("Dog dog café").Ids, Is.EqualTo([2, 5, 6, 9, 3]));
        Assert.That(tokenizer.MaxLength, Is.EqualTo(512));
    }

    [Test]
    public void Carriage_returns_in_vocab_txt_are_no_part_of_the_tokens()
    {
        _files.Write("vocab.txt", Vocabulary.Replace("\n", "\r\n", StringComparison.Ordinal));

        Assert.That(Tokenizer.Load(_files.Folder).Encode("dogs").Ids, Is.EqualTo([2, 6, 7, 3]));
    }

    [Test]
    public void A_vocab_txt_without_special_tokens_is_refused()
    {
        _files.Write("vocab.txt", "dog\n");

        Assert.That(
            () => Tokenizer.Load(_files.Folder),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("vocab.txt").And.Message.Contains("[UNK]"));
    }

    [Test]
    public void Special_tokens_may_have_other_names()
    {
        _files.Write("vocab.txt", "<p>\n<u>\n<c>\n<e>\n<m>\ndog\n");
        _files.Write("special_tokens_map.json", """
            {"pad_token": "<p>", "unk_token": {"content": "<u>"}, "cls_token": "<c>", "sep_token": "<e>",
                "mask_token": "<m>"}
            """);
        Tokenizer tokenizer = Tokenizer.Load(_files.Folder);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(tokenizer.Encode("dog x <m>").Ids, Is.EqualTo([2, 5, 1, 4, 3]));
            Assert.That(tokenizer.PadId, Is.Zero);
            Assert.That(tokenizer.UnknownId, Is.EqualTo(1));
            Assert.That(tokenizer.SepId, Is.EqualTo(3));
        }
    }

    [Test]
    public void Tokens_of_added_tokens_json_are_found_in_the_text()
    {
        _files.Write("vocab.txt", Vocabulary);
        _files.Write("added_tokens.json", """{"puppy": 10}""");
        Tokenizer tokenizer = Tokenizer.Load(_files.Folder);

        Assert.That(tokenizer.Encode("dog Puppy").Ids, Is.EqualTo([2, 6, 10, 3]));
        Assert.That(tokenizer.EncodeIds("dog Puppy").Ids, Is.EqualTo([2, 6, 10, 3]));
        Assert.That(tokenizer.VocabularySize, Is.EqualTo(11));
    }

    [Test]
    public void Vocabulary_and_merges_are_gpt2_unless_the_files_say_roberta()
    {
        WriteByteLevel("vocab.json", "merges.txt");

        Tokenizer gpt2 = Tokenizer.Load(_files.Folder);
        _files.Write("config.json", """{"model_type": "roberta"}""");
        Tokenizer roberta = Tokenizer.Load(_files.Folder);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(gpt2.Encode("ab ab").Ids, Is.EqualTo([7, 8]));
            Assert.That(gpt2.Encode("ab ab").Offsets[1], Is.EqualTo(new TextRange(2, 5)));
            Assert.That(roberta.Encode("ab ab").Ids, Is.EqualTo([1, 7, 8, 2]));
            Assert.That(roberta.Encode("ab ab").Offsets[2], Is.EqualTo(new TextRange(3, 5)), "trimmed");
            Assert.That(roberta.Encode("ab", "ab").Ids, Is.EqualTo([1, 7, 2, 2, 7, 2]));
            Assert.That(roberta.Encode("ab", "ab").TypeIds, Is.All.Zero);
            Assert.That(roberta.Encode("ab <mask>").Ids, Is.EqualTo([1, 7, 9, 2]), "it takes the blank to its left");
        }
    }

    [Test]
    public void Encoder_json_and_vocab_bpe_are_read_too()
    {
        WriteByteLevel("encoder.json", "vocab.bpe");

        Assert.That(Tokenizer.Load(_files.Folder).Encode("abab").Ids, Is.EqualTo([7, 7]));
    }

    [TestCase("a b c", "line 2: 'a b c'")]
    [TestCase("a z", "'z'")]
    public void A_merge_that_makes_no_sense_is_named(string merge, string expected)
    {
        WriteByteLevel("vocab.json", "merges.txt");
        _files.Write("merges.txt", $"#version: 0.2\n{merge}\n");

        Assert.That(
            () => Tokenizer.Load(_files.Folder),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("merges.txt").And.Message.Contains(expected));
    }

    [Test]
    public void The_files_to_copy_beside_a_model_are_listed()
    {
        _files.Write("vocab.txt", Vocabulary);
        _files.Write("tokenizer_config.json", "{}");

        Assert.That(
            Tokenizer.Load(_files.Folder).TokenizerFiles,
            Is.EquivalentTo([_files["vocab.txt"], _files["tokenizer_config.json"]]));
    }

    [Test]
    public void A_folder_without_a_tokenizer_is_refused_with_what_was_expected()
    {
        Assert.That(
            () => Tokenizer.Load(_files.Folder),
            Throws.TypeOf<FileNotFoundException>().With.Message.Contains(_files.Folder).And.Message.Contains(
                "vocab.txt"));
        Assert.That(() => Tokenizer.Load("/nowhere"), Throws.TypeOf<DirectoryNotFoundException>());
    }

    private void WriteByteLevel(string vocabulary, string merges)
    {
        _files.Write(vocabulary, """
            {"<pad>": 0, "<s>": 1, "</s>": 2, "<unk>": 3, "a": 4, "b": 5, "Ġ": 6, "ab": 7, "Ġab": 8, "<mask>": 9,
             "<|endoftext|>": 10}
            """);
        _files.Write(merges, "#version: 0.2\na b\nĠ ab\n");
    }
}
