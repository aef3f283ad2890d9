using OrtTrainer.Text;
using OrtTrainer.Text.Loading;

namespace OrtTrainer.Tests.Text.Loading;

public sealed class TokenizerSettingsTests
{
    private TinyTokenizer _files = null!;

    [SetUp]
    public void MakeFolder() => _files = new TinyTokenizer();

    [TearDown]
    public void DeleteFolder() => _files.Dispose();

    [TestCase("512", 512)]
    [TestCase("512.0", 512)]
    [TestCase("1000000000000000019884624838656", null, Description = "Hugging Face's number for no limit")]
    [TestCase("1e30", null)]
    [TestCase("0", null)]
    [TestCase("-1", null)]
    [TestCase("null", null)]
    public void The_longest_length_is_read_where_there_is_one(string value, int? expected) => Assert.That(
        Settings($$"""{"model_max_length": {{value}}}""").MaxLength, Is.EqualTo(expected));

    [TestCase("BertTokenizer", "BertTokenizer")]
    [TestCase("BertTokenizerFast", "BertTokenizer")]
    public void Fast_and_slow_classes_are_one(string name, string expected) =>
        Assert.That(Settings($$"""{"tokenizer_class": "{{name}}"}""").TokenizerClass, Is.EqualTo(expected));

    [Test]
    public void Without_files_nothing_is_said()
    {
        TokenizerSettings settings = new(_files.Folder);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(settings.TokenizerClass, Is.Null);
            Assert.That(settings.ModelType, Is.Null);
            Assert.That(settings.MaxLength, Is.Null);
            Assert.That(settings.Flag("do_lower_case"), Is.Null);
            Assert.That(settings.Token("pad_token"), Is.Null);
        }
    }

    [Test]
    public void Tokenizer_config_goes_before_special_tokens_map()
    {
        _files.Write("special_tokens_map.json",
            """{"pad_token": "<map>", "unk_token": {"content": "<u>", "lstrip": false}}""");
        TokenizerSettings settings = Settings("""{"pad_token": "<config>", "unk_token": null}""");

        Assert.That(settings.Token("pad_token"), Is.EqualTo("<config>"));
        Assert.That(settings.Token("unk_token"), Is.EqualTo("<u>"), "null says nothing");
    }

    [TestCase("tokenizer_config.json", "{", "not valid JSON")]
    [TestCase("special_tokens_map.json", "", "not valid JSON")]
    [TestCase("config.json", "nonsense", "not valid JSON")]
    [TestCase("tokenizer_config.json", "[]", "expected an object")]
    [TestCase(
        "tokenizer_config.json", """{"model_max_length": "512"}""",
        "field 'model_max_length' is \"512\", expected a number")]
    [TestCase("tokenizer_config.json", """{"pad_token": 0}""", "field 'pad_token' is 0, expected a text")]
    [TestCase(
        "special_tokens_map.json", """{"mask_token": {"text": "<m>"}}""", "field 'mask_token.content' is missing")]
    public void A_malformed_setting_is_named_when_the_folder_is_read(string file, string content, string expected)
    {
        _files.Write("tokenizer.json", TinyTokenizer.BertJson());
        _files.Write(file, content);

        Assert.That(
            () => Tokenizer.Load(_files.Folder),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains(file).And.Message.Contains(expected));
    }

    [TestCase("do_lower_case", "\"no\"")]
    [TestCase("strip_accents", "1")]
    [TestCase("tokenize_chinese_chars", "[]")]
    public void A_flag_of_another_kind_is_named(string flag, string value)
    {
        _files.Write("vocab.txt", "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n");
        _files.Write("tokenizer_config.json", $$"""{"{{flag}}": {{value}}}""");

        Assert.That(
            () => Tokenizer.Load(_files.Folder),
            Throws.TypeOf<InvalidDataException>()
                .With.Message.Contains($"field '{flag}' is {value}, expected true or false"));
    }

    private TokenizerSettings Settings(string config)
    {
        _files.Write("tokenizer_config.json", config);
        return new TokenizerSettings(_files.Folder);
    }
}
