using OrtTrainer.Checkpoints;
using OrtTrainer.Models;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Models;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class EncoderTensorsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public EncoderTensorsTests() => TinyBert.Write(_folder.Path, ["one", "two"], layers: 4);

    public void Dispose() => _folder.Dispose();

    [TestCase("bert.")]
    [TestCase("")]
    public void A_tensor_of_the_encoder_that_nothing_reads_is_named(string prefix)
    {
        string extra = prefix + "encoder.layer.1.attention.self.distance_embedding.weight";
        Rewrite(prefix, extra);

        Assert.That(() => PretrainedModel.Open(_folder.Path), Throws.TypeOf<CheckpointException>()
            .With.Message.Contains($"tensor {extra}: found tensors of the encoder that nothing reads"));
    }

    [Test]
    public void Layers_beyond_those_of_the_configuration_are_named_and_counted()
    {
        string config = File.ReadAllText(_folder.File("config.json"));
        _folder.Write("config.json", config.Replace("\"num_hidden_layers\": 4", "\"num_hidden_layers\": 3"));

        Assert.That(() => PretrainedModel.Open(_folder.Path), Throws.TypeOf<CheckpointException>()
            .With.Message.Contains("bert.encoder.layer.3.").And.Message.Contains("and 13 more"));
    }

    [TestCase("bert.embeddings.position_ids")]
    [TestCase("bert.embeddings.token_type_ids")]
    [TestCase("bert.pooler.extra.weight")]
    [TestCase("cls.predictions.bias")]
    public void Constants_and_other_heads_are_not_of_the_encoder(string extra)
    {
        Rewrite("bert.", extra);

        using PretrainedModel model = PretrainedModel.Open(_folder.Path);

        Assert.That(model.Architecture.Shape.Layers, Is.EqualTo(4));
    }

    /// <summary>The same weights under another prefix, with one more tensor.</summary>
    private void Rewrite(string prefix, string extra)
    {
        string path = _folder.File("model.safetensors"), copy = _folder.File("copy.safetensors");
        File.Move(path, copy);
        using SafetensorsFile file = SafetensorsFile.OpenFile(copy);
        List<TensorData> tensors = [];
        foreach (string name in file.Names)
        {
            Assert.That(file.TryGet(name, out TensorInfo info));
            float[] values = new float[info.ElementCount];
            file.ReadFloats(name, values);
            tensors.Add(TensorData.Floats(name.Replace("bert.", prefix), info.Shape.AsSpan(), values));
        }

        tensors.Add(TensorData.Floats(extra, [3], new float[3]));
        SafetensorsWriter.Write(path, tensors);
    }
}
