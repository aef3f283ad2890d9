using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;

namespace OrtTrainer.Tests.Checkpoints;

internal sealed class ModelConfigTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void MakeFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void RemoveFolder() => _folder.Dispose();

    [Test]
    public void Fields_are_read_with_their_types_and_defaults()
    {
        var config = Load(
            """
            {"model_type":"bert","hidden_size":384,"layer_norm_eps":1e-12,"use_cache":true,"hidden_act":"gelu_new",
            "classifier_dropout":null}
            """);

        Assert.That(config.ModelType, Is.EqualTo("bert"));
        Assert.That(config.GetInt("hidden_size"), Is.EqualTo(384));
        Assert.That(config.GetFloat("layer_norm_eps"), Is.EqualTo(1e-12));
        Assert.That(config.GetFloat("hidden_size"), Is.EqualTo(384.0));
        Assert.That(config.GetBool("use_cache"), Is.True);
        Assert.That(config.GetString("hidden_act", "gelu"), Is.EqualTo("gelu_new"));
        Assert.That(config.GetFloat("classifier_dropout", 0.1), Is.EqualTo(0.1));
        Assert.That(config.GetString("absent", "x"), Is.EqualTo("x"));
        Assert.That(config.GetInt("absent", 7), Is.EqualTo(7));
        Assert.That(config.Has("classifier_dropout"), Is.False);
    }

    [Test]
    public void Errors_name_file_field_and_value()
    {
        var config = Load("""{"hidden_size":"384","layers":2.5,"big":4294967296,"act":[1],"huge":1e999,"flag":1}""");

        AssertRefused(() => config.GetInt("num_heads"), "field num_heads: found no such field");
        AssertRefused(() => config.GetInt("hidden_size"), "found \"384\"; expected a whole number");
        AssertRefused(() => config.GetInt("layers"), "2.5");
        AssertRefused(() => config.GetInt("big"), "4294967296");
        AssertRefused(() => config.GetFloat("huge"), "1e999");
        AssertRefused(() => config.GetString("act"), "expected text");
        AssertRefused(() => config.GetBool("flag"), "true or false");
        AssertRefused(() => _ = config.ModelType, "model_type");
    }

    [TestCase("", "invalid JSON")]
    [TestCase("{", "invalid JSON")]
    [TestCase("[1]", "no object")]
    [TestCase("null", "no object")]
    [TestCase("""{"a":1,"a":2}""", "invalid JSON")]
    [TestCase("""{"a":"\ud800"}""", "invalid JSON")]
    public void A_file_that_is_no_object_is_refused(string json, string found) =>
        AssertRefused(() => Load(json), found);

    [Test]
    public void An_absent_file_is_named() =>
        AssertRefused(() => ModelConfig.Load(_folder.Path), ModelConfig.FileName);

    [Test]
    public void Labels_come_in_the_order_of_their_numbers()
    {
        var config = Load(
            """{"id2label":""" +
            """{"10":"k","0":"a","1":"b","2":"c","3":"d","4":"e","5":"f","6":"g","7":"h","8":"i","9":"j"}}""");

        Assert.That(string.Concat(config.Id2Label), Is.EqualTo("abcdefghijk"));
    }

    [Test]
    public void Without_labels_the_names_are_those_of_transformers()
    {
        Assert.That(Load("{}").Id2Label, Is.EqualTo(new[] { "LABEL_0", "LABEL_1" }));
        Assert.That(Load("""{"num_labels":1,"id2label":null}""").Id2Label, Is.EqualTo(new[] { "LABEL_0" }));
    }

    [TestCase("""{"id2label":{"0":"a","2":"b"}}""")]
    [TestCase("""{"id2label":{"0":"a","00":"b"}}""")]
    [TestCase("""{"id2label":{"0":"a","x":"b"}}""")]
    [TestCase("""{"id2label":{"0":1}}""")]
    [TestCase("""{"id2label":{}}""")]
    [TestCase("""{"id2label":["a"]}""")]
    [TestCase("""{"num_labels":-1}""")]
    public void Labels_with_gaps_or_of_other_kinds_are_refused(string json) =>
        AssertRefused(() => _ = Load(json).Id2Label, "label");

    [Test]
    public void A_changed_copy_keeps_what_is_unknown_and_leaves_the_original()
    {
        var config = Load("""{"model_type":"bert","num_labels":3,"rope_parameters":{"rope_theta":1e4},"x":[1,null]}""");

        config.With(["да", "нет"], "single_label_classification", "BertForSequenceClassification").Save(_folder.Path);

        var written = (JsonObject)JsonNode.Parse(File.ReadAllText(_folder.File("config.json")))!;
        var expected = JsonNode.Parse(
            """
            {"model_type":"bert","rope_parameters":{"rope_theta":1e4},"x":[1,null],"id2label":{"0":"да","1":"нет"},
            "label2id":{"да":0,"нет":1},"problem_type":"single_label_classification",
            "architectures":["BertForSequenceClassification"]}
            """);
        Assert.That(JsonNode.DeepEquals(written, expected), Is.True, written.ToJsonString());
        Assert.That(File.ReadAllText(_folder.File("config.json")), Does.Contain("\"да\""));
        Assert.That(config.Has("problem_type"), Is.False);
        Assert.That(ModelConfig.Load(_folder.Path).ProblemType, Is.EqualTo("single_label_classification"));
        Assert.That(ModelConfig.Load(_folder.Path).Id2Label, Is.EqualTo(new[] { "да", "нет" }));
    }

    [TestCase("""{"architectures":["BertForSequenceClassification","BertModel"]}""", "BertForSequenceClassification")]
    [TestCase("""{"architectures":[]}""", null)]
    [TestCase("""{"architectures":[null]}""", null)]
    [TestCase("""{"architectures":"BertModel"}""", null)]
    [TestCase("{}", null)]
    public void The_class_of_a_model_is_the_first_of_its_architectures(string json, string? name) =>
        Assert.That(Load(json).ClassName, Is.EqualTo(name));

    [Test]
    public void Single_fields_can_be_set_and_removed()
    {
        var config = Load("""{"num_hidden_layers":6}""");

        Assert.That(config.With("num_hidden_layers", 3).GetInt("num_hidden_layers"), Is.EqualTo(3));
        Assert.That(config.With("num_hidden_layers", null).Has("num_hidden_layers"), Is.False);
    }

    [Test]
    public void Labels_with_one_name_are_refused()
    {
        var config = Load("{}");

        Assert.That(() => config.With(["a", "a"]), Throws.ArgumentException);
        Assert.That(() => config.With([]), Throws.ArgumentException);
    }

    private ModelConfig Load(string json) => ModelConfig.LoadFile(_folder.Write("other.json", json));

    private void AssertRefused(Action action, string found) =>
        Assert.That(
            action,
            Throws.TypeOf<CheckpointException>().With.Message.StartsWith(_folder.Path).And.Message.Contains(found));
}
