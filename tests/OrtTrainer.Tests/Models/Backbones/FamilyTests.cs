using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models.Plain;

namespace OrtTrainer.Tests.Models.Backbones;

/// <summary>Every family as Hugging Face has it, and what it does not build.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FamilyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestCase("albert", "Albert")]
    [TestCase("bert", "Bert")]
    [TestCase("distilbert", "DistilBert")]
    [TestCase("electra", "Electra")]
    [TestCase("mpnet", "MPNet")]
    [TestCase("ernie", "Ernie")]
    [TestCase("roberta", "Roberta")]
    [TestCase("camembert", "Camembert")]
    [TestCase("xlm-roberta", "XLMRoberta")]
    [TestCase("data2vec-text", "Data2VecText")]
    public void Classes_are_those_of_Hugging_Face(string family, string prefix)
    {
        Write(family);

        Assert.That(Architecture.For(ModelConfig.Load(_folder.Path)).ClassPrefix, Is.EqualTo(prefix));
    }

    [TestCase("albert", "num_hidden_groups", "2")]
    [TestCase("albert", "inner_group_num", "2")]
    [TestCase("albert", "position_embedding_type", "\"relative_key\"")]
    [TestCase("albert", "hidden_act", "\"mish\"")]
    [TestCase("albert", "pruned_heads", "{\"0\": [1]}")]
    [TestCase("electra", "position_embedding_type", "\"relative_key\"")]
    [TestCase("electra", "hidden_act", "\"mish\"")]
    [TestCase("electra", "is_decoder", "true")]
    [TestCase("electra", "pruned_heads", "{\"0\": [1]}")]
    [TestCase("ernie", "is_decoder", "true")]
    [TestCase("mpnet", "relative_attention_num_buckets", "64")]
    [TestCase("mpnet", "position_embedding_type", "\"relative_key\"")]
    [TestCase("mpnet", "hidden_act", "\"mish\"")]
    [TestCase("mpnet", "is_decoder", "true")]
    [TestCase("mpnet", "pruned_heads", "{\"0\": [1]}")]
    public void What_is_not_built_is_refused_by_its_field(string family, string field, string value)
    {
        Write(family, field, value);

        Assert.That(() => PretrainedModel.Open(_folder.Path), Throws.TypeOf<RunException>()
            .With.Message.Contains(field).And.Message.Contains("not supported").And.Message.Contains(_folder.Path));
    }

    [TestCase("albert", "embedding_size", "-1", "1 to 65536")]
    [TestCase("albert", "num_hidden_groups", "0", "1 to 1024")]
    [TestCase("electra", "embedding_size", "0", "1 to 65536")]
    [TestCase("ernie", "task_type_vocab_size", "0", "1 to 65536")]
    [TestCase("mpnet", "max_position_embeddings", "2", "3 or more")]
    public void A_size_out_of_range_is_refused_with_its_range(string family, string field, string value, string range)
    {
        Write(family, field, value);

        Assert.That(() => PretrainedModel.Open(_folder.Path), Throws.TypeOf<CheckpointException>()
            .With.Message.Contains($"field {field}: found {value}; expected {range}"));
    }

    [TestCase("albert", "albert.encoder.albert_layer_groups.0.albert_layers.1.ffn.weight")]
    [TestCase("albert", "albert.encoder.albert_layer_groups.1.albert_layers.0.ffn.weight")]
    [TestCase("electra", "electra.embeddings_project.more")]
    [TestCase("electra", "electra.encoder.layer.0.attention.self.distance_embedding.weight")]
    [TestCase("mpnet", "mpnet.encoder.relative_attention_bias.bias")]
    [TestCase("mpnet", "mpnet.embeddings.token_type_embeddings.weight")]
    public void A_tensor_of_the_encoder_that_nothing_reads_is_named(string family, string extra)
    {
        Write(family, extra: extra);

        Assert.That(() => PretrainedModel.Open(_folder.Path), Throws.TypeOf<CheckpointException>()
            .With.Message.Contains($"tensor {extra}: found tensors of the encoder that nothing reads"));
    }

    [TestCase("albert")]
    [TestCase("electra")]
    [TestCase("mpnet")]
    public void Dropout_of_ones_own_replaces_every_probability(string family)
    {
        Write(family);

        ModelConfig config = PretrainedModel.Open(_folder.Path, fromScratch: true, dropout: 0.25).Config;

        string[] fields =
            [.. config.ToJson().Select(f => f.Key).Where(f => f.Contains("dropout", StringComparison.Ordinal))];
        Assert.That(fields, Is.Not.Empty);
        Assert.That(fields.Select(field => config.GetFloat(field, -1)), Is.All.EqualTo(0.25));
    }

    [Test]
    public void Embeddings_of_tasks_that_the_configuration_leaves_out_are_named()
    {
        Write("ernie", "use_task_id", "false");

        Assert.That(() => PretrainedModel.Open(_folder.Path), Throws.TypeOf<CheckpointException>()
            .With.Message.Contains("tensor ernie.embeddings.task_type_embeddings.weight"));
    }

    [Test]
    public void A_layer_that_is_shared_runs_as_often_as_layers_are_kept()
    {
        Write("albert");
        using PretrainedModel whole = PretrainedModel.Open(_folder.Path);
        using PretrainedModel kept = PretrainedModel.Open(_folder.Path, layers: [0, 3]);
        SequenceHead head = new(3);
        ParameterLayout layout = PackedGraph.Evaluation(kept.Architecture, head).Layout;
        using WeightBuffer weights = new(Device.Default, layout.Length);

        Assert.That(kept.Load(layout, weights, seed: 0), Is.Empty);
        Assert.That(kept.Architecture.Shape.Layers, Is.EqualTo(2));
        Assert.That(kept.Config.GetInt("num_hidden_layers"), Is.EqualTo(2));
        Assert.That(layout.Length, Is.EqualTo(PackedGraph.Evaluation(whole.Architecture, head).Layout.Length));
    }

    [Test]
    public void A_layer_that_is_shared_has_no_rate_by_its_depth()
    {
        Write("albert");
        using PretrainedModel model = PretrainedModel.Open(_folder.Path);

        Assert.That(() => new LayerDecay(0.5).RateFactors(model), Throws.TypeOf<RunException>()
            .With.Message.Contains("albert are one layer").And.Message.Contains("Leave the layer decay out")
            .And.Message.Contains(_folder.Path));
    }

    /// <summary>A tiny model of a family.</summary>
    /// <param name="family">Its <c>model_type</c>.</param>
    /// <param name="field">A field of config.json to set; null for none.</param>
    /// <param name="value">What it is set to, as JSON.</param>
    /// <param name="extra">One more tensor.</param>
    private void Write(string family, string? field = null, string value = "null", string? extra = null)
    {
        PlainGolden golden = PlainGolden.All.First(g => g.Architecture == family && g.Shape.Layers > 1);
        golden.Ensure();
        JsonObject config = JsonNode.Parse(File.ReadAllText(Path.Combine(golden.Folder, "config.json")))!.AsObject();
        if (field is not null)
        {
            config[field] = JsonNode.Parse(value);
        }

        _folder.Write("config.json", config.ToJsonString());
        using SafetensorsFile file = SafetensorsFile.OpenFile(Path.Combine(golden.Folder, "model.safetensors"));
        IEnumerable<TensorData> tensors = file.Names.Select(name =>
        {
            Assert.That(file.TryGet(name, out TensorInfo info));
            float[] values = new float[info.ElementCount];
            file.ReadFloats(name, values);
            return TensorData.Floats(name, info.Shape.AsSpan(), values);
        });
        SafetensorsWriter.Write(_folder.File("model.safetensors"),
            extra is null ? tensors : tensors.Append(TensorData.Floats(extra, [3], new float[3])));
    }
}
