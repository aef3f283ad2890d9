using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Models.Backbones;

/// <summary>Files of T5 and BART that are unlike the reference models.</summary>
public sealed class EncoderDecoderTests
{
    [Test]
    public void Tensors_that_old_files_have_twice_or_never_used_are_passed_over()
    {
        using TemporaryFolder folder = new();
        TinyEncoderDecoder.Write(folder.Path, "t5");
        AddTensors(folder, ("decoder.embed_tokens.weight", 19 * 16),
            ("decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight", 24));

        using PretrainedModel model = PretrainedModel.Open(folder.Path);
        Assert.That(model.Architecture.Shape.DecoderLayers, Is.EqualTo(1));
    }

    [TestCase(0f, true)]
    [TestCase(0.5f, false)]
    public void A_bias_of_the_outputs_has_to_be_zero(float value, bool isRead)
    {
        using TemporaryFolder folder = new();
        TinyEncoderDecoder.Write(folder.Path, "bart");
        AddTensors(folder, value, ("final_logits_bias", 19));

        void Open() => PretrainedModel.Open(folder.Path).Dispose();
        if (isRead)
        {
            Assert.That(Open, Throws.Nothing);
        }
        else
        {
            Assert.That(Open, Throws.InstanceOf<CheckpointException>().With.Message.Contains("final_logits_bias"));
        }
    }

    [Test]
    public void An_output_layer_that_a_file_lacks_is_the_word_embeddings_where_they_are_tied()
    {
        using TemporaryFolder folder = new();
        TinyEncoderDecoder.Write(folder.Path, "t5");
        using SafetensorsFile file = SafetensorsFile.OpenFile(folder.File("model.safetensors"));

        Assert.That(file.Names, Does.Not.Contain("lm_head.weight").And.Contains("shared.weight"));
    }

    [Test]
    public void One_that_is_not_tied_is_a_tensor_of_its_own([Values("t5-v1.1", "t5-silu", "bart-scaled")] string kind)
    {
        using TemporaryFolder folder = new();
        TinyEncoderDecoder.Write(folder.Path, kind);
        using SafetensorsFile file = SafetensorsFile.OpenFile(folder.File("model.safetensors"));

        Assert.That(file.Names, Does.Contain("lm_head.weight"));
    }

    [TestCase("t5", "\"relative_attention_num_buckets\": 8", "\"relative_attention_num_buckets\": 10",
        "relative_attention_num_buckets")]
    [TestCase("t5", "\"d_kv\": 8", "\"d_kv\": 8, \"feed_forward_proj\": \"gated-mish\"", "gated-mish")]
    [TestCase("bart", "\"d_model\": 16", "\"d_model\": 16, \"add_final_layer_norm\": true", "add_final_layer_norm")]
    [TestCase("bart", "\"decoder_attention_heads\": 4", "\"decoder_attention_heads\": 3", "decoder_attention_heads")]
    public void What_is_not_built_is_refused_by_its_field(string kind, string field, string changed, string message)
    {
        using TemporaryFolder folder = new();
        TinyEncoderDecoder.Write(folder.Path, kind);
        string config = File.ReadAllText(folder.File("config.json"));
        Assert.That(config, Does.Contain(field));
        folder.Write("config.json", config.Replace(field, changed, StringComparison.Ordinal));

        Assert.That(
            () => PretrainedModel.Open(folder.Path), Throws.Exception.With.Message.Contains(message));
    }

    [Test]
    public void Layers_cannot_be_left_out()
    {
        using TemporaryFolder folder = new();
        TinyEncoderDecoder.Write(folder.Path, "t5");

        Assert.That(() => PretrainedModel.Open(folder.Path, layers: [0, 2]),
            Throws.InstanceOf<RunException>().With.Message.Contains("left out"));
    }

    private static void AddTensors(TemporaryFolder folder, params (string Name, int Count)[] added) =>
        AddTensors(folder, 0.25f, added);

    private static void AddTensors(TemporaryFolder folder, float value, params (string Name, int Count)[] added)
    {
        List<TensorData> tensors = [];
        using (SafetensorsFile file = SafetensorsFile.OpenFile(folder.File("model.safetensors")))
        {
            foreach (string name in file.Names)
            {
                Assert.That(file.TryGet(name, out TensorInfo info));
                float[] values = new float[info.ElementCount];
                file.ReadFloats(name, values);
                tensors.Add(TensorData.Floats(name, info.Shape.ToArray(), values));
            }
        }

        tensors.AddRange(added.Select(tensor => TensorData.Floats(
            tensor.Name, [1, tensor.Count], Enumerable.Repeat(value, tensor.Count).ToArray())));
        SafetensorsWriter.Write(folder.File("model.safetensors"), tensors);
    }
}
