using OrtTrainer.Text;
using static OrtTrainer.Tests.Text.Loading.TinySentencePiece;

namespace OrtTrainer.Tests.Text.Loading;

/// <summary>Small SentencePiece models, written field by field.</summary>
public sealed class SentencePieceFileTests
{
    private TinyTokenizer _files = null!;

    [SetUp]
    public void MakeFolder() => _files = new TinyTokenizer();

    [TearDown]
    public void DeleteFolder() => _files.Dispose();

    [Test]
    public void A_unigram_model_is_read_with_the_library_s_treatment_of_blanks()
    {
        Write(Model(1, Piece("<unk>", 0, 2), Piece("</s>", 0, 3), Piece("▁a", -1), Piece("▁b", -1), Piece("b", -2)));
        Tokenizer tokenizer = Tokenizer.FromSentencePiece(_files["spiece.model"]);
        Encoding encoding = tokenizer.Encode("  a  bb ");

        using (Assert.EnterMultipleScope())
        {
            Assert.That(encoding.Ids, Is.EqualTo([2, 3, 4]));
            Assert.That(encoding.Offsets, Is.EqualTo(new TextRange[] { new(2, 3), new(3, 6), new(6, 7) }));
            Assert.That(tokenizer.Encode("ax").Ids, Is.EqualTo([2, 0]));
            Assert.That(tokenizer.Decode([2, 3, 1, 0]), Is.EqualTo("a b \u2047 "));
            Assert.That(tokenizer.EncodeIds("  a  bb ").Ids, Is.EqualTo(encoding.Ids));
        }
    }

    [Test]
    public void A_bpe_model_with_byte_fallback_is_read()
    {
        byte[] byteFallback = Number(35, 1);
        Write(ModelWith(
            2, byteFallback, Piece("<unk>", 0, 2), Piece("<0xC3>", 0, 6), Piece("<0xA9>", 0, 6),
            Piece("▁", -3), Piece("a", -4), Piece("▁a", -1)));

        Assert.That(Tokenizer.FromSentencePiece(_files["spiece.model"]).Encode("aé").Ids, Is.EqualTo([5, 1, 2]));
    }

    [Test]
    public void A_folder_of_t5_ends_texts_with_its_end_token()
    {
        Write(Model(1, Piece("<unk>", 0, 2), Piece("</s>", 0, 3), Piece("▁a", -1)));
        _files.Write("tokenizer_config.json", """{"tokenizer_class": "T5Tokenizer"}""");
        Tokenizer tokenizer = Tokenizer.Load(_files.Folder);

        Assert.That(tokenizer.Encode("a").Ids, Is.EqualTo([2, 1]));
        Assert.That(tokenizer.Encode("a", "a").Ids, Is.EqualTo([2, 1, 2, 1]));
        Assert.That(tokenizer.Encode("a </s>a").Ids, Is.EqualTo([2, 1, 2, 1]));
    }

    [Test]
    public void A_file_that_is_cut_off_or_no_model_is_refused()
    {
        byte[] model = Model(1, Piece("<unk>", 0, 2), Piece("▁a", -1));
        for (int length = 0; length < model.Length; length++)
        {
            Write(model[..length]);

            // A cut between two fields leaves a valid, shorter model.
            string? complaint = null;
            try
            {
                Tokenizer.FromSentencePiece(_files["spiece.model"]).Encode("a");
            }
            catch (InvalidDataException exception)
            {
                complaint = exception.Message;
            }

            Assert.That(complaint, Is.Null.Or.Contains("not a SentencePiece model"), $"{length} bytes");
        }

        Write("not a model at all"u8.ToArray());
        Assert.That(
            () => Tokenizer.FromSentencePiece(_files["spiece.model"]),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("spiece.model"));
    }

    [TestCase(3)]
    [TestCase(4)]
    public void Word_and_character_models_are_refused(int type)
    {
        Write(Model(type, Piece("<unk>", 0, 2)));

        Assert.That(
            () => Tokenizer.FromSentencePiece(_files["spiece.model"]),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains($"model type is {type}"));
    }

    private void Write(byte[] content) => File.WriteAllBytes(_files["spiece.model"], content);
}
