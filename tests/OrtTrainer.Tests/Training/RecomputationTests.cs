using System.Text.Json.Nodes;
using OrtTrainer.Data;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Differentiation;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;
using OrtTrainer.Tests.Models.Plain;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Training;

/// <summary>Layers that are computed again for their gradients, in families that share values and parameters.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RecomputationTests : IDisposable
{
    private const int Layers = 3, Outputs = 3, Vocabulary = 30;

    private static readonly string[] Families = ["bert", "modernbert", "deberta-v2", "mpnet", "albert"];

    private readonly TemporaryFolder _folder = new();

    private static TrainingObjective Objective => new(
        OutputDistribution.Categorical, new ExampleTargets(new ClassTargets([0, 2, 1, 1, 0], Outputs)));

    public void Dispose() => _folder.Dispose();

    [Test]
    public void Loss_and_gradients_are_the_same_bits_with_dropout(
        [ValueSource(nameof(Families))] string family, [Values] bool kernels)
    {
        using PretrainedModel model = Open(family);
        float[] kept = Gradients(model, Precision.Fp32, recompute: false, kernels);

        Assert.That(Gradients(model, Precision.Fp32, recompute: true, kernels), Is.EqualTo(kept));
        Assert.That(kept.Count(g => g != 0), Is.GreaterThan(kept.Length / 4));
    }

    [TestCase("bert")]
    [TestCase("deberta-v2")]
    public void So_they_are_in_bfloat16(string family)
    {
        using PretrainedModel model = Open(family);

        Assert.That(
            Gradients(model, Precision.Bf16, recompute: true, kernels: true),
            Is.EqualTo(Gradients(model, Precision.Bf16, recompute: false, kernels: true)));
    }

    [TestCaseSource(nameof(Families))]
    public void Gradients_of_a_layer_read_what_was_made_again_after_they_arrived(string family)
    {
        using PretrainedModel model = Open(family);
        GraphBuilder g = new("recomputed");
        PackedModelBuilder m = new(g, training: true);
        ModelHead head = new SequenceHead(Outputs);
        Value logits = head.Build(m, model.Architecture, model.Architecture.Encode(m, head));
        TotalLoss loss = TotalLoss.Build(
            new LossGraph(g, OutputDistribution.Categorical, logits, m), Objective.Terms);
        Node[] forward = [.. g.Nodes];
        Autodiff.Gradients(g, loss.Total, m.Parameters, [.. m.LayerNodes.SkipLast(1)]);
        Node[] backward = [.. g.Nodes.Skip(forward.Length)];
        HashSet<Value> waits = [.. DependentOn(backward, backward.Where(IsAfter).SelectMany(node => node.Outputs))];

        Assert.That(m.LayerNodes, Has.Count.EqualTo(Layers));
        foreach (NodeRange range in m.LayerNodes.SkipLast(1))
        {
            // What later layers read too is kept: their own input, and what a family makes once for all of them.
            Value[] shared = [.. forward.Skip(range.End).SelectMany(node => node.Inputs).OfType<Value>()];
            HashSet<Value> own = [.. forward[range.First..range.End].SelectMany(node => node.Outputs).Except(shared)
                .Where(value => value.Type.Element.IsFloatingPoint())];

            Assert.That(own, Is.Not.Empty);
            Assert.That(backward.SelectMany(node => node.Inputs).OfType<Value>().Where(own.Contains), Is.Empty,
                "gradients that read what the layer made the first time");
        }

        // The nodes of the layers stand there a second time, and wait for a gradient.
        string[] again = [.. m.LayerNodes.SkipLast(1).SelectMany(range => forward[range.First..range.End])
            .Where(node => node.Inputs.Any(input => input is not null && !m.Parameters.Contains(input)
                && input.Type.Element.IsFloatingPoint()))
            .Select(node => node.Operator.Type)];
        HashSet<Value> arrived = [.. DependentOn(backward, backward[0].Outputs)];
        foreach (IGrouping<string, string> operators in again.GroupBy(type => type))
        {
            Assert.That(
                backward.Count(node => node.Operator.Type == operators.Key && node.Outputs.Any(waits.Contains)),
                Is.GreaterThanOrEqualTo(operators.Count()), operators.Key);
        }

        Assert.That(backward.Where(IsAfter).All(node => arrived.Contains(node.Inputs[1]!)), Is.True);
    }

    [Test]
    public void The_training_graph_waits_for_gradients_only_where_it_computes_again()
    {
        using PretrainedModel model = Open("bert");

        Assert.That(Waits(recompute: false), Is.Zero);

        // One for the input of each layer but the last.
        Assert.That(Waits(recompute: true), Is.EqualTo(Layers - 1));

        int Waits(bool recompute) => OrtTrainer.Graph.Onnx.ModelProto.Parser.ParseFrom(
            TrainingGraph.Build(model.Architecture, new SequenceHead(Outputs), Objective, recompute: recompute)
                .Packed.Model).Graph.Node.Count(node => node.OpType == "After");
    }

    private static bool IsAfter(Node node) => node.Operator.Type == "After";

    /// <summary>The values, and those that nodes make of them.</summary>
    private static HashSet<Value> DependentOn(Node[] nodes, IEnumerable<Value> values)
    {
        HashSet<Value> reached = [.. values];
        foreach (Node node in nodes)
        {
            if (node.Inputs.Any(input => input is not null && reached.Contains(input)))
            {
                reached.UnionWith(node.Outputs);
            }
        }

        return reached;
    }

    private static float[] Gradients(PretrainedModel model, Precision precision, bool recompute, bool kernels)
    {
        TrainingGraph graph = TrainingGraph.Build(
            model.Architecture, new SequenceHead(Outputs), Objective, precision: precision, recompute: recompute);
        using WeightUpdates updates = Device.Default.CreateUpdates(threads: 2);
        using TrainingState state = new(graph.Layout.Weights, new AdamWOptions(), null, updates);
        model.Load(graph.Layout, state.Parameters, seed: 1);
        ExecutionOptions execution = new() { IntraOpThreads = 2, UseKernels = kernels };
        using GradientAccumulator gradients = new(
            graph, new TrainerOptions(5, 1, null, Seed: 3, execution), Objective, state);
        TokenizedExample[] examples = [.. new[] { 7, 1, 10, 4, 3 }.Select((length, i) => new TokenizedExample(
            [.. Enumerable.Range(0, length).Select(t => (t * (5 + i) % (Vocabulary - 5)) + 5)], new int[length]))];

        (LossParts loss, _) = gradients.Run(examples, [0, 1, 2, 3, 4], step: 2);

        return [loss.Total, .. gradients.Values.Span.ToArray()];
    }

    private PretrainedModel Open(string family)
    {
        PlainShape shape = new() { Layers = Layers, Inner = 32, Vocabulary = Vocabulary };
        JsonObject config = JsonNode.Parse(
            PlainModel.Of(family, shape, (_, rows, columns) => new double[rows, columns]).Config)!.AsObject();
        config["initializer_range"] = 0.2;
        _folder.Write("config.json", config.ToJsonString());
        _folder.Write("vocab.txt", string.Join('\n', family == "mpnet"
            ? ["<s>", "<pad>", "</s>", "[UNK]", "<mask>", .. Words()]
            : ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", .. Words()]));
        RandomWeights.Write(_folder.Path);
        return PretrainedModel.Open(_folder.Path);

        static IEnumerable<string> Words() => Enumerable.Range(0, Vocabulary - 5).Select(i => $"word{i}");
    }
}
