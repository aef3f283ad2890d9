using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Models.Backbones;

/// <summary>DeBERTa, whose layers share a table of relative positions, from a folder to an export.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class DebertaV2Tests() : TinyFamily(layers: 4, fields: """
    "model_type": "deberta-v2", "hidden_size": 16, "num_hidden_layers": 4, "num_attention_heads": 2,
    "intermediate_size": 24, "max_relative_positions": -1, "position_buckets": 8, "relative_attention": true,
    "position_biased_input": false, "pos_att_type": "p2c|c2p", "share_att_key": true, "norm_rel_ebd": "layer_norm",
    "type_vocab_size": 0
    """)
{
    [Test]
    public void Relative_positions_belong_to_the_embeddings_whatever_layers_are_kept()
    {
        using PretrainedModel model = PretrainedModel.Open(Folder.Path, layers: [1, 3]);
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
    public void A_configuration_that_does_not_fit_is_refused(string field, string changed, string message) =>
        AssertRefused(field, changed, message);

    [Test]
    public void It_learns_the_task_goes_on_to_the_same_bits_and_predicts_the_same_from_weights_and_graph() =>
        AssertLearnsResumesAndPredicts(
            Options("out") with { Layers = [0, 2], Epochs = 10 },
            "DebertaV2ForSequenceClassification");
}
