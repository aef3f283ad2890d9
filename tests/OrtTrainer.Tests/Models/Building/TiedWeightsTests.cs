using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Models.Building;

public sealed class TiedWeightsTests
{
    [Test]
    public void A_name_used_twice_is_one_parameter_and_one_input()
    {
        PackedGraph graph = PackedGraph.Evaluation(TinyDecoder.Make(), new TinyDecoder.TiedHead());

        using GraphSession session = GraphSession.FromBytes(graph.Model, new ExecutionOptions());
        Assert.That(graph.Layout.Parameters.Count(p => p.Name == "tiny.wte.weight"), Is.EqualTo(1));
        Assert.That(session.Inputs.Count(i => i.Name == "tiny.wte.weight"), Is.EqualTo(1));
    }

    [Test]
    public void An_exported_model_stores_it_once()
    {
        TinyDecoder decoder = TinyDecoder.Make();
        ParameterLayout layout = PackedGraph.Evaluation(decoder, new TinyDecoder.TiedHead()).Layout;
        using WeightBuffer weights = new(Device.Default, layout.Length);

        var stored = PaddedGraph.Build(decoder, new TinyDecoder.TiedHead(), layout, weights).Graph.Initializer;

        Assert.That(stored.Select(i => i.Name).Where(n => n.StartsWith("tiny.wte", StringComparison.Ordinal)),
            Is.EqualTo(new[] { "tiny.wte.weight" }));
    }

    [Test]
    public void A_name_with_another_shape_is_refused()
    {
        PackedModelBuilder m = new(new GraphBuilder("test"), training: false);
        Value x = m.Embedding("table", 5, 4, m.InputIds);

        Assert.That(() => m.Map("table", 4, 6, x), Throws.TypeOf<RunException>()
            .With.Message.Contains("'table.weight' [6, 4]").And.Message.Contains("'table.weight' [5, 4]"));
    }

    [Test]
    public void A_part_of_stacked_parameters_cannot_be_used_alone()
    {
        PackedModelBuilder m = new(new GraphBuilder("test"), training: false);
        ModelShape shape = new() { Layers = 1, Width = 4, Heads = 1, Inner = 4, Positions = 4, Vocabulary = 5 };
        Value x = m.Embedding("table", 5, 4, m.InputIds);
        x = m.SelfAttention(new("q", "k", "v"), shape, AttentionMask.Bidirectional, 0, x);

        Assert.That(() => m.Linear("k", 4, 4, x), Throws.TypeOf<RunException>()
            .With.Message.Contains("'k.weight'").And.Message.Contains("q+key+value.weight"));
    }
}
