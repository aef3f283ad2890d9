using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Models;

/// <summary>Which parameters of a model stay as they are by their names.</summary>
public sealed class FrozenParametersTests
{
    private const string ResNet = """
        { "model_type": "resnet", "embedding_size": 4, "hidden_sizes": [6, 8], "depths": [1, 1],
          "layer_type": "basic", "num_channels": 3, "image_size": 16, "hidden_act": "relu" }
        """;

    private const string Gpt2 = """
        { "model_type": "gpt2", "vocab_size": 20, "n_embd": 16, "n_layer": 2, "n_head": 2, "n_positions": 16,
          "activation_function": "gelu_new" }
        """;

    private TemporaryFolder _folder = null!;

    [SetUp]
    public void Make() => _folder = new TemporaryFolder();

    [TearDown]
    public void Remove() => _folder.Dispose();

    [Test]
    public void A_tensor_of_queries_keys_and_values_is_all_three()
    {
        using PretrainedModel model = Open(Gpt2);
        NextTokenHead head = new(20);

        FrozenParameters plan = Of(model, head, ["transformer.h.0.attn.c_attn.weight", "h.1.mlp.*"]);

        Assert.That(plan.FrozenNames, Has.Count.EqualTo(3 + 4));
        TrainingGraph graph = GraphOf(model, head, plan);
        Assert.That(
            graph.Frozen.SelectMany(view => view.Parts).Select(part => part.Name), Is.EquivalentTo(plan.FrozenNames));
        Assert.That(
            graph.Layout.Parameters.Select(parameter => parameter.Name).Intersect(plan.FrozenNames), Is.Empty);
    }

    [Test]
    public void What_is_frozen_of_a_stack_lies_apart_from_the_rest()
    {
        using PretrainedModel model = OpenBert();
        SequenceHead head = new(3);

        TrainingGraph graph = GraphOf(model, head, Of(model, head, ["*.0.attention.self.query.*"]));

        Assert.That(graph.Frozen.Select(view => view.Name), Is.EquivalentTo(new[]
        {
            "bert.encoder.layer.0.attention.self.query.weight", "bert.encoder.layer.0.attention.self.query.bias",
        }));
        Assert.That(
            graph.Layout.Views.Select(view => view.Name),
            Has.Some.EqualTo("bert.encoder.layer.0.attention.self.key.weight"));
        Assert.That(graph.Layout.Views.Count(view => view.Parts.Count > 1), Is.EqualTo(2), "those of layer 1");
    }

    [Test]
    public void The_backward_pass_ends_above_what_is_frozen()
    {
        using PretrainedModel model = OpenBert();
        SequenceHead head = new(3);

        int whole = GraphOf(model, head, null).Packed.Model.Length;
        int layer = GraphOf(model, head, Of(model, head, ["bert.encoder.layer.0.*"])).Packed.Model.Length;
        int below = GraphOf(model, head, Of(model, head, ["encoder.layer.0.*", "embeddings.*"])).Packed.Model.Length;

        Assert.That(layer, Is.LessThan(whole));
        Assert.That(below, Is.LessThan(layer));
    }

    [Test]
    public void Statistics_that_are_made_anew_cannot_be_frozen()
    {
        using PretrainedModel model = Open(ResNet);
        ImageHead head = new(3);

        Assert.That(
            () => Of(model, head, ["embedder.*"], keepsStatistics: false),
            Throws.InstanceOf<RunException>().With.Message.Contains("Give --frozen-batch-norm"));
        Assert.That(
            Of(model, head, ["embedder.*"]).FrozenNames, Has.Some.EndsWith("running_mean"));
        Assert.That(
            Of(model, head, ["embedder.*.weight"], keepsStatistics: false).FrozenNames,
            Has.All.StartsWith("resnet.embedder."));
    }

    private static FrozenParameters Of(
        PretrainedModel model, ModelHead head, string[] patterns, bool keepsStatistics = true) =>
        FrozenParameters.Of(model.Architecture, head, patterns, null, keepsStatistics);

    private static TrainingGraph GraphOf(PretrainedModel model, ModelHead head, FrozenParameters? plan) =>
        TrainingGraph.Build(
            model.Architecture, head,
            new TrainingObjective(
                OutputDistribution.Categorical, new ExampleTargets(new ClassTargets([0], head.Outputs))),
            plan: plan);

    private PretrainedModel OpenBert()
    {
        TinyBert.Write(_folder.Path, ["a", "b"]);
        return PretrainedModel.Open(_folder.Path);
    }

    private PretrainedModel Open(string config)
    {
        _folder.Write("config.json", config);
        return PretrainedModel.Open(_folder.Path, fromScratch: true);
    }
}
