using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Export;
using OrtTrainer.Tests.Runs;
using OrtTrainer.Tests.Tasks;

namespace OrtTrainer.Tests.Models.Backbones;

/// <summary>DeBERTa, whose layers share a table of relative positions, from a folder to an export.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DebertaV2Tests : IDisposable
{
    private const int Layers = 4;

    private static readonly Example[] Texts =
        [new("my big dog is here so the cat is here my old horse"), new("rice is old here so the soup")];

    private readonly TinyTask _task = new();
    private readonly TemporaryFolder _folder = new();

    public DebertaV2Tests()
    {
        string[] tokens = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. TinyTask.Words];
        _folder.Write("vocab.txt", string.Join('\n', tokens));
        _folder.Write("config.json", $$"""
            {
              "model_type": "deberta-v2", "vocab_size": {{tokens.Length}}, "hidden_size": 16,
              "num_hidden_layers": {{Layers}}, "num_attention_heads": 2, "intermediate_size": 24,
              "max_position_embeddings": 20, "max_relative_positions": -1, "position_buckets": 8,
              "relative_attention": true, "position_biased_input": false, "pos_att_type": "p2c|c2p",
              "share_att_key": true, "norm_rel_ebd": "layer_norm", "type_vocab_size": 0, "initializer_range": 0.2,
              "id2label": { "0": "animal", "1": "food", "2": "place" }
            }
            """);
        RandomWeights.Write(_folder.Path);
    }

    public void Dispose()
    {
        _task.Dispose();
        _folder.Dispose();
    }

    [Test]
    public void Its_sizes_go_into_the_shape()
    {
        using PretrainedModel model = PretrainedModel.Open(_folder.Path);

        Assert.That(model.Architecture.Shape, Is.EqualTo(new ModelShape
        {
            Layers = Layers,
            Width = 16,
            Heads = 2,
            Inner = 24,
            Positions = 20,
            Vocabulary = 5 + TinyTask.Words.Count,
        }));
    }

    [Test]
    public void Relative_positions_belong_to_the_embeddings_whatever_layers_are_kept()
    {
        using PretrainedModel model = PretrainedModel.Open(_folder.Path, layers: [1, 3]);
        ParameterLayout layout = PackedGraph.Evaluation(model.Architecture, new SequenceHead(3)).Layout;
        using WeightBuffer weights = new(Device.Default, layout.Length);

        Assert.That(model.Load(layout, weights, seed: 0), Is.Empty);
        ParameterSpec table = layout.Parameters.Single(p => p.Name == "deberta.encoder.rel_embeddings.weight");
        Assert.That(table.Shape, Is.EqualTo(new long[] { 16, 16 }));
        Assert.That(table.Place, Is.EqualTo(ParameterPlace.Embeddings));
    }

    [TestCase("\"num_hidden_layers\": 4", "\"num_hidden_layers\": 3", "tensor deberta.encoder.layer.3.")]
    [TestCase("\"num_attention_heads\": 2", "\"num_attention_heads\": 3", "hidden_size 16 is not a multiple of")]
    [TestCase("\"position_buckets\": 8", "\"position_buckets\": 9", "deberta.encoder.rel_embeddings.weight")]
    [TestCase("\"position_buckets\": 8", "\"position_buckets\": 1", "field position_buckets: found 1")]
    [TestCase("\"position_buckets\": 8", "\"position_buckets\": 38", "position_buckets: found 38; expected 2 to 37")]
    [TestCase("\"position_buckets\": 8", "\"position_buckets\": -2", "field position_buckets: found -2")]
    [TestCase("\"relative_attention\": true,", "", "relative_attention is false by default")]
    [TestCase("\"relative_attention\": true", "\"relative_attention\": false", "relative_attention is false, which")]
    [TestCase("\"position_biased_input\": false", "\"position_biased_input\": true", "position_biased_input is true,")]
    [TestCase("\"position_biased_input\": false,", "", "position_biased_input is true by default")]
    [TestCase("\"p2c|c2p\"", "\"c2p\"", "pos_att_type is \"c2p\"")]
    [TestCase("\"p2c|c2p\"", "[\"p2c\", \"c2p\", \"p2p\"]", "pos_att_type is [\"p2c\",\"c2p\",\"p2p\"]")]
    [TestCase("\"p2c|c2p\"", "null", "pos_att_type is null")]
    [TestCase("\"share_att_key\": true", "\"share_att_key\": false", "attention.self.pos_query_proj.weight")]
    [TestCase("\"layer_norm\"", "\"none\"", "tensor deberta.encoder.LayerNorm.")]
    [TestCase("\"layer_norm\"", "\"batch_norm\"", "norm_rel_ebd is 'batch_norm'")]
    [TestCase("\"type_vocab_size\": 0", "\"type_vocab_size\": 2", "token_type_embeddings.weight")]
    [TestCase("\"type_vocab_size\": 0", "\"embedding_size\": 8", "word_embeddings.weight")]
    [TestCase("\"type_vocab_size\": 0", "\"conv_kernel_size\": 3", "conv_kernel_size is 3")]
    [TestCase("\"type_vocab_size\": 0", "\"attention_head_size\": 4", "attention_head_size is 4")]
    [TestCase("\"type_vocab_size\": 0", "\"pooler_hidden_size\": 8", "pooler_hidden_size is 8")]
    [TestCase("\"type_vocab_size\": 0", "\"pooler_hidden_act\": \"mish\"", "pooler_hidden_act is 'mish'")]
    [TestCase("\"type_vocab_size\": 0", "\"hidden_act\": \"mish\"", "hidden_act is 'mish'")]
    public void A_configuration_that_does_not_fit_is_refused(string field, string changed, string message)
    {
        string config = File.ReadAllText(_folder.File("config.json"));
        Assert.That(config, Does.Contain(field));
        _folder.Write("config.json", config.Replace(field, changed));

        Assert.That(() => PretrainedModel.Open(_folder.Path), Throws.Exception.With.Message.Contains(message)
            .And.Message.Contains(_folder.Path));
    }

    [Test]
    public void It_learns_the_task_goes_on_to_the_same_bits_and_predicts_the_same_from_weights_and_graph()
    {
        FineTuneOptions options = Options("out") with { Layers = [0, 2], Epochs = 10 };
        RunSummary summary = TinyTask.Run(options);
        TinyTask.RunInParts(options with { Output = _task.Output("parted") }, interruptedAt: 7);

        float[] fromGraph = Scored.Logits(_task.Output("out"), Texts);
        File.Delete(Path.Combine(_task.Output("out"), "onnx", "model.onnx"));

        Assert.That(_task.RunFile("parted", "last.safetensors"), Is.EqualTo(_task.RunFile("out", "last.safetensors")));
        Assert.That(Scored.Logits(_task.Output("out"), Texts), Is.EqualTo(fromGraph).Within(1e-5));
        Assert.That(summary.TestLive, Is.GreaterThan(0.8));
        Assert.That(ModelConfig.Load(_task.Output("out")).ToJson()["architectures"]!.ToJsonString(),
            Is.EqualTo("[\"DebertaV2ForSequenceClassification\"]"));
    }

    private FineTuneOptions Options(string output) => _task.Options(output) with { Model = _folder.Path };
}
