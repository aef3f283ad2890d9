using System.Text.Json.Nodes;
using OrtTrainer.Data;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;
using OrtTrainer.Randomness;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;
using OrtTrainer.Tests.Models.Plain;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Training;

/// <summary>
/// Adapters beside the layers of a frozen model against the model that has them added in: y is the same, and by the
/// chain rule dB = s dW Aᵀ and dA = s Bᵀ dW, with the gradients of the merged matrices.
/// </summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class AdapterGradientTests : IDisposable
{
    private const int Outputs = 3, Vocabulary = 30;

    private const string Gpt2 = """
        "model_type": "gpt2", "n_embd": 16, "n_layer": 2, "n_head": 4, "n_positions": 32, "n_inner": 32
        """;

    private readonly TemporaryFolder _folder = new();

    private static TrainingObjective Objective => new(
        OutputDistribution.Categorical, new ExampleTargets(new ClassTargets([0, 2, 1, 1, 0], Outputs)));

    public void Dispose() => _folder.Dispose();

    [TestCase("bert", "query+value", 4)]
    [TestCase("bert", "query+key+value+dense", 12)]
    [TestCase("bert", "key+intermediate.dense", 4)]
    [TestCase("modernbert", "Wqkv+Wi+Wo", 8)]
    [TestCase("deberta-v2", "query_proj+key_proj+value_proj", 6)]
    [TestCase("albert", "query+value+ffn", 3)]
    [TestCase("llama", "q_proj+v_proj", 4)]
    [TestCase("llama", "q_proj+k_proj+v_proj+o_proj+gate_proj+down_proj", 12)]
    [TestCase("gpt2", "c_attn", 2)]
    [TestCase("gpt2", "c_attn+c_fc+attn.c_proj", 6)]
    public void Gradients_follow_from_those_of_the_merged_matrices(string family, string targets, int layers)
    {
        using PretrainedModel model = Open(family);
        ModelHead head = new SequenceHead(Outputs);
        ParameterLayout whole = PackedGraph.Evaluation(model.Architecture, head).Layout;
        TrainingGraph adapters = Adapters(model, head, $"r=3,alpha=4.5,targets={targets}");
        using WeightUpdates updates = Device.Default.CreateUpdates(threads: 2);
        using TrainingState state = State(adapters, updates, new AdaptedWeights(adapters, whole, Device.Default));
        state.Adapted!.Load(model, state.Parameters, seed: 1, outputs: null);
        Draw(adapters, state.Parameters);
        TrainingGraph dense = TrainingGraph.Build(model.Architecture, head, Objective, dropout: false);
        using TrainingState merged = State(dense, updates, adapted: null);
        merged.Parameters.CopyFrom(state.Adapted.Merge(state.Parameters));

        (float loss, WeightGradients ofAdapters) = Gradients(adapters, state);
        (float expected, WeightGradients ofWeights) = Gradients(dense, merged);

        Assert.That(loss, Is.EqualTo(expected).Within(1e-5));
        Assert.That(adapters.Adapted, Has.Count.EqualTo(layers));
        foreach (AdaptedLayer layer in adapters.Adapted)
        {
            float[] dw = [.. layer.Weights.SelectMany(weight => ofWeights(weight))];
            int outputs = (int)layer.Up.Shape[0], inputs = (int)layer.Down.Shape[1];
            float[] a = adapters.Layout.Read(state.Parameters, layer.Down);
            float[] b = adapters.Layout.Read(state.Parameters, layer.Up);
            double[] da = Table(3, inputs, (k, i) => Sum(outputs, o => 1.5 * b[(o * 3) + k] * dw[(o * inputs) + i]));
            double[] db = Table(
                outputs, 3, (o, k) => Sum(inputs, i => 1.5 * dw[(o * inputs) + i] * a[(k * inputs) + i]));
            AssertNear(ofAdapters(layer.Down), da, layer.Down.Name);
            AssertNear(ofAdapters(layer.Up), db, layer.Up.Name);
        }

        foreach (ParameterSpec parameter in adapters.Layout.Parameters.Where(whole.Parameters.Contains))
        {
            AssertNear(ofAdapters(parameter), [.. ofWeights(parameter).Select(v => (double)v)], parameter.Name);
        }
    }

    [TestCase("bert")]
    [TestCase("llama")]
    public void Adapters_add_nothing_at_first(string family)
    {
        using PretrainedModel model = Open(family);
        ModelHead head = new SequenceHead(Outputs);
        ParameterLayout whole = PackedGraph.Evaluation(model.Architecture, head).Layout;
        TrainingGraph adapters = Adapters(model, head, "r=4");
        using WeightUpdates updates = Device.Default.CreateUpdates(threads: 1);
        using TrainingState state = State(adapters, updates, new AdaptedWeights(adapters, whole, Device.Default));
        IReadOnlyList<string> initialized = state.Adapted!.Load(model, state.Parameters, seed: 1, outputs: null);
        TrainingGraph dense = TrainingGraph.Build(model.Architecture, head, Objective, dropout: false);
        using TrainingState plain = State(dense, updates, adapted: null);

        Assert.That(model.Load(dense.Layout, plain.Parameters, seed: 1), Is.EqualTo(initialized));
        Assert.That(
            state.Adapted.Merge(state.Parameters).Span.ToArray(), Is.EqualTo(plain.Parameters.Span.ToArray()));
        Assert.That(Gradients(adapters, state).Loss, Is.EqualTo(Gradients(dense, plain).Loss).Within(1e-6));
        foreach (AdaptedLayer layer in adapters.Adapted)
        {
            float[] down = adapters.Layout.Read(state.Parameters, layer.Down);
            double bound = 1 / Math.Sqrt(layer.Down.Shape[1]);
            Assert.That(down, Has.All.InRange(-bound, bound));
            Assert.That(down.Max(), Is.GreaterThan(0.7 * bound));
            Assert.That(adapters.Layout.Read(state.Parameters, layer.Up), Is.All.Zero);
        }
    }

    [Test]
    public void Merging_adds_the_scaled_product_and_changes_nothing_that_is_frozen()
    {
        using PretrainedModel model = Open("bert");
        ModelHead head = new SequenceHead(Outputs);
        ParameterLayout whole = PackedGraph.Evaluation(model.Architecture, head).Layout;
        TrainingGraph adapters = Adapters(model, head, "r=4,alpha=6,rslora=yes");
        using WeightUpdates updates = Device.Default.CreateUpdates(threads: 1);
        using TrainingState state = State(adapters, updates, new AdaptedWeights(adapters, whole, Device.Default));
        using WeightBuffer plain = new(Device.Default, whole.Length);
        model.Load(whole, plain, seed: 1);
        state.Adapted!.Load(model, state.Parameters, seed: 1, outputs: null);
        Draw(adapters, state.Parameters);

        // Twice, as after every evaluation: what was added before does not stay.
        state.Adapted.Merge(state.Parameters);
        WeightBuffer merged = state.Adapted.Merge(state.Parameters);

        Dictionary<string, AdaptedLayer> layers = adapters.Adapted.ToDictionary(layer => layer.Name + ".weight");
        Assert.That(layers, Has.Count.EqualTo(4));
        foreach (ParameterSpec parameter in whole.Parameters)
        {
            float[] values = whole.Read(merged, parameter), before = whole.Read(plain, parameter);
            if (!layers.TryGetValue(parameter.Name, out AdaptedLayer? layer))
            {
                Assert.That(values, Is.EqualTo(before), parameter.Name);
                continue;
            }

            float[] a = adapters.Layout.Read(state.Parameters, layer.Down);
            float[] b = adapters.Layout.Read(state.Parameters, layer.Up);
            double[] expected = Table(16, 16, (o, i) =>
                before[(o * 16) + i] + (3 * Sum(4, k => (double)b[(o * 4) + k] * a[(k * 16) + i])));
            Assert.That(values, Is.EqualTo(expected).Within(1e-6), parameter.Name);
        }
    }

    [Test]
    public void A_layer_over_the_vocabulary_that_stays_as_it_is_has_no_gradient_of_its_own()
    {
        using PretrainedModel model = Open("llama");
        ModelHead head = new NextTokenHead(17);
        TrainingObjective objective = new(
            OutputDistribution.Vocabulary, new ExampleTargets(TokenTargets.Of([[5, 9, 4, 2, 1]], 17)),
            [new LabelLoss()]);
        string[] Operators(AdapterPlan? plan) =>
        [
            .. ModelProto.Parser.ParseFrom(TrainingGraph.Build(
                model.Architecture, head, objective, dropout: false, plan: plan).Packed.Model)
                .Graph.Node.Select(node => node.OpType),
        ];

        string[] frozen = Operators(Lora.Parse("r=2").PlanOf(model, head));

        Assert.That(frozen, Has.One.EqualTo("FrozenLinearCrossEntropyWithoutBias"));
        Assert.That(frozen, Has.None.EqualTo("LinearCrossEntropyWithoutBias"));
        Assert.That(Operators(null), Has.One.EqualTo("LinearCrossEntropyWithoutBias"));
    }

    private static TrainingGraph Adapters(PretrainedModel model, ModelHead head, string settings) =>
        TrainingGraph.Build(
            model.Architecture, head, Objective, dropout: false, plan: Lora.Parse(settings).PlanOf(model, head));

    private static TrainingState State(TrainingGraph graph, WeightUpdates updates, AdaptedWeights? adapted) =>
        new(graph.Layout.Weights, new AdamWOptions(), null, updates) { Adapted = adapted };

    private delegate float[] WeightGradients(ParameterSpec parameter);

    private static (float Loss, WeightGradients Of) Gradients(TrainingGraph graph, TrainingState state)
    {
        using GradientAccumulator gradients = new(
            graph, new TrainerOptions(5, 1, null, Seed: 3, new() { IntraOpThreads = 2 }), Objective, state);
        TokenizedExample[] examples = [.. new[] { 7, 1, 10, 4, 3 }.Select((length, i) => new TokenizedExample(
            [.. Enumerable.Range(0, length).Select(t => (t * (5 + i) % 10) + 5)], new int[length]))];
        (LossParts loss, _) = gradients.Run(examples, [0, 1, 2, 3, 4], step: 0);
        Dictionary<string, float[]> values = graph.Layout.Parameters.ToDictionary(
            parameter => parameter.Name, parameter => graph.Layout.Read(gradients.Values, parameter));
        return (loss.Total, parameter => values[parameter.Name]);
    }

    /// <summary>Gives B other values than 0.</summary>
    private static void Draw(TrainingGraph graph, WeightBuffer weights)
    {
        SeededRandom random = new(5);
        foreach (AdaptedLayer layer in graph.Adapted)
        {
            float[] values = [.. Enumerable.Range(0, (int)layer.Up.Length).Select(_ => 0.2f * random.NextFloat())];
            weights.Write(graph.Layout.OffsetOf(layer.Up), values);
        }
    }

    private static double Sum(int count, Func<int, double> term) => Enumerable.Range(0, count).Sum(term);

    private static double[] Table(int rows, int columns, Func<int, int, double> element) =>
        [.. Enumerable.Range(0, rows * columns).Select(i => element(i / columns, i % columns))];

    private static void AssertNear(float[] actual, double[] expected, string name)
    {
        Assert.That(actual.Any(value => value != 0), Is.True, name);
        Assert.That(actual, Is.EqualTo(expected).Within(1e-4 * Math.Max(1e-2, expected.Max(Math.Abs))), name);
    }

    private PretrainedModel Open(string family)
    {
        if (family is "llama" or "gpt2")
        {
            if (family == "gpt2")
            {
                TinyLlama.Write(_folder.Path, fields: Gpt2);
            }
            else
            {
                TinyLlama.Write(_folder.Path);
            }

            return PretrainedModel.Open(_folder.Path);
        }

        PlainShape shape = new() { Layers = 2, Inner = 32, Vocabulary = Vocabulary };
        JsonObject config = JsonNode.Parse(
            PlainModel.Of(family, shape, (_, rows, columns) => new double[rows, columns]).Config)!.AsObject();
        config["initializer_range"] = 0.2;
        _folder.Write("config.json", config.ToJsonString());
        RandomWeights.Write(_folder.Path);
        return PretrainedModel.Open(_folder.Path);
    }
}
