using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Models.Backbones;

/// <summary>What a configuration says is done, or refused by the name of its field.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ConfigurationTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public ConfigurationTests() => TinyBert.Write(_folder.Path, ["one", "two", "three"]);

    public void Dispose() => _folder.Dispose();

    [Test]
    public void Sizes_go_into_the_shape()
    {
        ModelShape shape = Architecture.For(ModelConfig.Load(_folder.Path)).Shape;

        Assert.That(shape, Is.EqualTo(new ModelShape
        {
            Layers = 2,
            Width = 16,
            Heads = 2,
            Inner = 32,
            Positions = 24,
            Vocabulary = 8,
            TokenTypes = 2,
        }));
        Assert.That(shape.HeadWidth, Is.EqualTo(8));
        Assert.That(shape.KeyValueHeads, Is.EqualTo(2));
    }

    [TestCase(1, 22)]
    [TestCase(7, 16)]
    public void Positions_of_RoBERTa_begin_after_its_padding_id(int padding, int positions)
    {
        Set("model_type", "roberta");
        Set("pad_token_id", padding);

        ModelShape shape = Architecture.For(ModelConfig.Load(_folder.Path)).Shape;

        Assert.That(shape.Positions, Is.EqualTo(positions));
        Assert.That(shape.TokenTypes, Is.Zero);
    }

    [TestCase("7", 7)]
    [TestCase("-1", 0)]
    [TestCase("null", 0)]
    public void A_padding_id_that_is_none_is_0(string stated, int id)
    {
        Set("pad_token_id", JsonNode.Parse(stated));

        Assert.That(Architecture.PaddingIdOf(ModelConfig.Load(_folder.Path)), Is.EqualTo(id));
    }

    [Test]
    public void A_padding_id_below_that_is_refused()
    {
        Set("pad_token_id", -2);

        Assert.That(() => Architecture.PaddingIdOf(ModelConfig.Load(_folder.Path)), Throws.TypeOf<CheckpointException>()
            .With.Message.Contains("field pad_token_id: found -2; expected 0 to 16777216"));
    }

    [TestCase("bert")]
    [TestCase("some-family")]
    public void Limits_are_asked_of_any_family(string family)
    {
        Set("model_type", family);
        ModelConfig config = ModelConfig.Load(_folder.Path);

        Assert.That(Architecture.PositionsOf(config), Is.EqualTo(24));
        Assert.That(Architecture.VocabularyOf(config), Is.EqualTo(8));
    }

    [Test]
    public void A_padding_id_that_leaves_no_positions_is_refused()
    {
        Set("model_type", "roberta");
        Set("pad_token_id", 23);

        AssertRefused<CheckpointException>("field max_position_embeddings", "found 24", "25 or more");
    }

    [TestCase("position_embedding_type", "relative_key")]
    [TestCase("position_embedding_type", "relative_key_query")]
    public void Other_positions_are_refused(string field, string value)
    {
        Set(field, value);

        AssertRefused<RunException>(field, $"'{value}'", "'absolute'");
    }

    [TestCase("is_decoder")]
    [TestCase("add_cross_attention")]
    public void Decoders_are_refused(string field)
    {
        Set(field, true);

        AssertRefused<RunException>($"{field} is true", "not supported");
    }

    [Test]
    public void Pruned_heads_are_refused()
    {
        Set("pruned_heads", new JsonObject { ["0"] = new JsonArray(1) });

        AssertRefused<RunException>("pruned_heads");
    }

    [Test]
    public void Fields_that_say_what_is_done_anyway_are_no_reason_to_refuse()
    {
        Set("position_embedding_type", "absolute");
        Set("is_decoder", false);
        Set("add_cross_attention", false);
        Set("pruned_heads", new JsonObject());

        using PretrainedModel model = PretrainedModel.Open(_folder.Path);

        Assert.That(model.Architecture.ModelType, Is.EqualTo("bert"));
    }

    [TestCase("num_hidden_layers", 16_777_216, "1 to 1024")]
    [TestCase("num_hidden_layers", 0, "1 to 1024")]
    [TestCase("vocab_size", -1, "1 to 16777216")]
    [TestCase("vocab_size", int.MaxValue, "1 to 16777216")]
    [TestCase("hidden_size", int.MinValue, "1 to 65536")]
    [TestCase("hidden_size", 0, "1 to 65536")]
    [TestCase("num_attention_heads", 0, "1 to 65536")]
    [TestCase("intermediate_size", -32, "1 to 1048576")]
    [TestCase("max_position_embeddings", 0, "1 to 1048576")]
    [TestCase("type_vocab_size", -2, "1 to 65536")]
    public void A_size_out_of_range_is_refused_with_its_range(string field, int value, string range)
    {
        Set(field, value);

        AssertRefused<CheckpointException>($"field {field}: found {value}; expected {range}");
    }

    [TestCase("pad_token_id", 8, "an id below vocab_size, 8")]
    [TestCase("pad_token_id", 16_777_217, "0 to 16777216")]
    [TestCase("initializer_range", -1, "0 to 1")]
    [TestCase("initializer_range", 2, "0 to 1")]
    public void What_only_an_export_or_random_weights_need_is_read_at_the_start(string field, int value, string range)
    {
        Set(field, value);

        AssertRefused<CheckpointException>($"field {field}: found {value}; expected {range}");
    }

    [TestCase("pad_token_id", "1.5", "a whole number")]
    [TestCase("hidden_size", "99999999999", "a whole number up to 2147483647")]
    [TestCase("num_hidden_layers", "\"12\"", "a whole number")]
    public void A_number_that_is_none_is_quoted_as_it_stands(string field, string value, string expected)
    {
        Set(field, JsonNode.Parse(value));

        AssertRefused<CheckpointException>($"field {field}: found {value}; expected {expected}");
    }

    [Test]
    public void An_activation_that_is_not_built_is_refused_with_those_that_are()
    {
        Set("hidden_act", "mish");

        AssertRefused<RunException>("hidden_act is 'mish'", "'gelu', 'gelu_new'", "'tanh'");
    }

    [TestCase("hidden_dropout_prob", 1.0)]
    [TestCase("hidden_dropout_prob", -0.1)]
    [TestCase("attention_probs_dropout_prob", 1.5)]
    [TestCase("classifier_dropout", 2.0)]
    [TestCase("layer_norm_eps", 0.0)]
    [TestCase("layer_norm_eps", -1e-12)]
    public void A_number_out_of_range_is_refused(string field, double value)
    {
        Set(field, value);

        AssertRefused<CheckpointException>($"field {field}: found ", "less than 1");
    }

    [TestCase("num_hidden_layers", 1024, "bert.encoder.layer.2.")]
    [TestCase("vocab_size", 16_777_216, "[16777216, 16]")]
    [TestCase("intermediate_size", 1_048_576, "[1048576, 16]")]
    public void A_size_in_range_is_held_against_the_tensors_before_anything_is_made(
        string field, int value, string message)
    {
        Set(field, value);

        AssertRefused<CheckpointException>("model.safetensors", message);
    }

    [Test]
    public void More_parameters_than_a_buffer_holds_are_refused()
    {
        Set("hidden_size", 65_536);
        Set("num_hidden_layers", 64);
        using PretrainedModel model = PretrainedModel.Open(_folder.Path, fromScratch: true);

        Assert.That(() => PackedGraph.Encoder(model.Architecture), Throws.TypeOf<RunException>()
            .With.Message.Contains($"at most {int.MaxValue}").And.Message.Contains("config.json"));
    }

    private void AssertRefused<T>(params string[] messages)
        where T : Exception
    {
        T refusal = Assert.Throws<T>(() => PretrainedModel.Open(_folder.Path))!;
        foreach (string message in messages)
        {
            Assert.That(refusal.Message, Does.Contain(message));
        }

        Assert.That(refusal.Message, Does.Contain(_folder.Path));
    }

    private void Set(string field, JsonNode? value)
    {
        JsonObject config = JsonNode.Parse(File.ReadAllText(_folder.File("config.json")))!.AsObject();
        config[field] = value;
        _folder.Write("config.json", config.ToJsonString());
    }
}
