using System.Text.Json.Nodes;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models.Plain;

namespace OrtTrainer.Tests.Models.Backbones;

/// <summary>Every family as Hugging Face has it, and what it does not build.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class FamilyTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [TestCase("bert", "Bert")]
    [TestCase("distilbert", "DistilBert")]
    [TestCase("electra", "Electra")]
    [TestCase("roberta", "Roberta")]
    public void Classes_are_those_of_Hugging_Face(string family, string prefix)
    {
        Write(family);

        Assert.That(Architecture.For(ModelConfig.Load(_folder.Path)).ClassPrefix, Is.EqualTo(prefix));
    }

    [TestCase("electra", "position_embedding_type", "\"relative_key\"")]
    [TestCase("electra", "hidden_act", "\"mish\"")]
    [TestCase("electra", "is_decoder", "true")]
    [TestCase("electra", "pruned_heads", "{\"0\": [1]}")]
    public void What_is_not_built_is_refused_by_its_field(string family, string field, string value)
    {
        Write(family, field, value);

        Assert.That(() => PretrainedModel.Open(_folder.Path), Throws.TypeOf<RunException>()
            .With.Message.Contains(field).And.Message.Contains("not supported").And.Message.Contains(_folder.Path));
    }

    [TestCase("electra", "embedding_size", "0", "1 to 65536")]
    public void A_size_out_of_range_is_refused_with_its_range(string family, string field, string value, string range)
    {
        Write(family, field, value);

        Assert.That(() => PretrainedModel.Open(_folder.Path), Throws.TypeOf<CheckpointException>()
            .With.Message.Contains($"field {field}: found {value}; expected {range}"));
    }

    [TestCase("electra", "electra.embeddings_project.more")]
    [TestCase("electra", "electra.encoder.layer.0.attention.self.distance_embedding.weight")]
    public void A_tensor_of_the_encoder_that_nothing_reads_is_named(string family, string extra)
    {
        Write(family, extra: extra);

        Assert.That(() => PretrainedModel.Open(_folder.Path), Throws.TypeOf<CheckpointException>()
            .With.Message.Contains($"tensor {extra}: found tensors of the encoder that nothing reads"));
    }

    [TestCase("electra")]
    public void Dropout_of_ones_own_replaces_every_probability(string family)
    {
        Write(family);

        ModelConfig config = PretrainedModel.Open(_folder.Path, fromScratch: true, dropout: 0.25).Config;

        string[] fields = [.. config.ToJson().Select(f => f.Key).Where(f => f.Contains("dropout", StringComparison.Ordinal))];
        Assert.That(fields, Is.Not.Empty);
        Assert.That(fields.Select(field => config.GetFloat(field, -1)), Is.All.EqualTo(0.25));
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
