using OrtTrainer.Data;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Models.Plain;
using OrtTrainer.Tests.Training;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Models.Building;

/// <summary>
/// The last layer, built for first tokens alone where a head reads no others, against the same model with all tokens.
/// </summary>
public sealed class FirstTokenTests
{
    private const string Kernel = "PackedCrossAttention", Gradient = "PackedCrossAttentionGrad";

    private static readonly string[] Families =
    [
        "bert", "roberta", "camembert", "xlm-roberta", "data2vec-text", "electra", "albert", "ernie", "distilbert",
        "modernbert",
    ];

    [TestCaseSource(nameof(Families))]
    public void A_head_on_sequences_gives_the_same_numbers(string family)
    {
        AssertSame(family, new SequenceHead(3), kernels: true);
        AssertSame(family, new SequenceHead(3), kernels: false);
    }

    [TestCase(true)]
    [TestCase(false)]
    public void Vectors_of_first_tokens_are_the_same(bool normalizes) =>
        AssertSame("bert", new EmbeddingHead(WidthOf("bert"), Pooling.Cls, normalizes), kernels: true);

    [Test]
    public void Threads_change_no_bit_under_dropout()
    {
        using PretrainedModel model = Open(PlainGolden.All.First(g => g.Architecture == "bert"), dropout: 0.2);

        Pass one = Run(model, new SequenceHead(3), kernels: true, threads: 1);

        foreach (int threads in new[] { 2, 3 })
        {
            Pass other = Run(model, new SequenceHead(3), kernels: true, threads);
            Assert.That(other.Gradients.SequenceEqual(one.Gradients), $"{threads} threads");
            Assert.That(other.Logits, Is.EqualTo(one.Logits));
        }
    }

    [Test]
    public void Dropout_acts_on_what_first_tokens_see()
    {
        using PretrainedModel still = Open(PlainGolden.All.First(g => g.Architecture == "bert"), dropout: 0);
        using PretrainedModel model = Open(PlainGolden.All.First(g => g.Architecture == "bert"), dropout: 0.2);

        Assert.That(Run(model, new SequenceHead(3), true).Logits,
            Is.Not.EqualTo(Run(still, new SequenceHead(3), true).Logits));
    }

    [Test]
    public void Parameters_lie_the_same_whatever_a_head_reads()
    {
        using PretrainedModel model = Open(PlainGolden.All.First(g => g.Architecture == "bert"));
        ParameterLayout first = PackedGraph.Evaluation(model.Architecture, new SequenceHead(3)).Layout;
        ParameterLayout all = PackedGraph.Evaluation(model.Architecture, new AllTokens(new SequenceHead(3))).Layout;

        Assert.That(first.Views.Select(v => v.ToString()), Is.EqualTo(all.Views.Select(v => v.ToString())));
        Assert.That(first.Parameters.Select(first.OffsetOf), Is.EqualTo(all.Parameters.Select(all.OffsetOf)));
    }

    [TestCase("bert", 1)]
    [TestCase("albert", 1)]
    [TestCase("mpnet", 0, TestName = "A bias by distance needs the positions of queries")]
    [TestCase("deberta-v2", 0)]
    public void A_head_on_sequences_asks_for_first_tokens_where_attention_can_answer_for_them(
        string family, int layers) =>
        Assert.That(LayersOfFirstTokens(family, new SequenceHead(3)), Is.EqualTo(layers));

    [Test]
    public void Heads_that_read_other_tokens_get_them()
    {
        Assert.That(LayersOfFirstTokens("bert", new TokenHead(3)), Is.Zero);
        Assert.That(LayersOfFirstTokens("bert", new SpanHead()), Is.Zero);
        Assert.That(LayersOfFirstTokens("bert", new MaskedTokenHead(30)), Is.Zero);
        Assert.That(
            LayersOfFirstTokens("bert", new EmbeddingHead(WidthOf("bert"), Pooling.Mean, true)), Is.Zero);
    }

    [Test]
    public void A_pooling_over_all_tokens_gets_them_and_so_does_a_last_layer_with_a_window()
    {
        int Layers(Func<PlainGolden, bool> which)
        {
            PlainGolden golden = PlainGolden.All.First(g => g.Architecture == "modernbert" && which(g));
            using PretrainedModel model = Open(golden);
            return LayersOfFirstTokens(model, new SequenceHead(3));
        }

        Assert.That(Layers(g => g.Shape.Pooling != "mean" && g.Shape.Layers % 3 == 1), Is.EqualTo(1), "global");
        Assert.That(Layers(g => g.Shape.Pooling == "mean"), Is.Zero, "mean of all tokens");
        Assert.That(Layers(g => g.Shape.Pooling != "mean" && g.Shape.Layers % 3 == 0), Is.Zero, "local");
    }

    [Test]
    public void The_encoder_alone_gives_all_tokens()
    {
        using PretrainedModel model = Open(PlainGolden.All.First(g => g.Architecture == "bert"));

        Assert.That(KernelsOf(PackedGraph.Encoder(model.Architecture)), Does.Not.Contain(Kernel));
        Assert.That(KernelsOf(PackedGraph.EncoderLayers(model.Architecture)), Does.Not.Contain(Kernel));
    }

    [Test]
    public void A_head_that_reads_more_than_it_says_is_refused()
    {
        using PretrainedModel model = Open(PlainGolden.All.First(g => g.Architecture == "bert"));

        Assert.That(() => PackedGraph.Evaluation(model.Architecture, new MeanHead()), Throws.TypeOf<GraphException>());
    }

    private static int WidthOf(string family)
    {
        using PretrainedModel model = Open(PlainGolden.All.First(g => g.Architecture == family));
        return model.Architecture.Shape.Width;
    }

    private static int LayersOfFirstTokens(string family, ModelHead head)
    {
        using PretrainedModel model = Open(PlainGolden.All.First(g => g.Architecture == family));
        return LayersOfFirstTokens(model, head);
    }

    private static int LayersOfFirstTokens(PretrainedModel model, ModelHead head) => ModelProto.Parser
        .ParseFrom(PackedGraph.Evaluation(model.Architecture, head).Model).Graph.Node
        .Count(node => node.OpType == Kernel);

    private static IReadOnlyList<string> KernelsOf(PackedGraph graph)
    {
        using GraphSession session = GraphSession.FromBytes(graph.Model, new ExecutionOptions());
        return session.Kernels;
    }

    private static PretrainedModel Open(PlainGolden golden, double dropout = 0)
    {
        golden.Ensure();
        return PretrainedModel.Open(golden.Folder, dropout: dropout);
    }

    private static void AssertSame(string family, ModelHead head, bool kernels)
    {
        using PretrainedModel model =
            Open(PlainGolden.All.First(g => g.Architecture == family && g.Task != "question-answering"));

        Pass first = Run(model, head, kernels), all = Run(model, new AllTokens(head), kernels);

        Assert.That(all.Kernels, Does.Not.Contain(Gradient));
        Assert.That(first.Kernels, kernels ? Does.Contain(Gradient) : Is.Empty);
        Assert.That(first.Loss, Is.EqualTo(all.Loss).Within(1e-6 * Math.Abs(all.Loss)));
        AssertClose(first.Logits, all.Logits, 0, "logits");
        double largest = all.Gradients.Max(Math.Abs);
        foreach (ParameterSpec parameter in all.Layout.Parameters)
        {
            AssertClose(first.Of(parameter), all.Of(parameter), 3e-7 * largest, parameter.Name);
        }
    }

    // What is 0 in theory, such as the gradient of a bias of keys, is rounding alone.
    private static void AssertClose(float[] actual, float[] expected, double floor, string what) =>
        Assert.That(actual, Is.EqualTo(expected).Within((5e-6 * expected.Max(Math.Abs)) + floor), what);

    private static Pass Run(PretrainedModel model, ModelHead head, bool kernels, int threads = 2)
    {
        int[] lengths = [7, 1, 12, 2, 5];
        TokenizedExample[] examples = [.. lengths.Select((length, b) => new TokenizedExample(
            [.. Enumerable.Range(0, length).Select(i => 3 + (((i * 5) + b) % 20))], new int[length]))];
        TrainingObjective objective = new(
            OutputDistribution.Categorical,
            new ExampleTargets(new ClassTargets([.. lengths.Select((_, b) => b % 3)], head.Outputs)));
        TrainingGraph graph = TrainingGraph.Build(model.Architecture, head, objective);
        using WeightBuffer weights = new(Device.Default, graph.Layout.Length);
        using WeightBuffer gradients = new(Device.Default, graph.Layout.Length);
        model.Load(graph.Layout, weights, seed: 3);
        ExecutionOptions execution = new() { UseKernels = kernels, IntraOpThreads = threads };
        using GradientSession session = new(graph, execution, weights, gradients);
        int[] all = [.. Enumerable.Range(0, lengths.Length)];
        PackedBatch batch = new();
        batch.Fill(examples, all, objective);
        var key = DropoutKey.For(1, 2);
        float loss = session.Run(batch, objective.MeanScale(all), key).Total;
        float[] logits = TrainingLogits.Of(graph.Packed, execution, weights, batch, key);
        return new(graph.Layout, loss, logits, gradients.Span.ToArray(), session.Kernels);
    }

    private sealed record Pass(
        ParameterLayout Layout, float Loss, float[] Logits, float[] Gradients, IReadOnlyList<string> Kernels)
    {
        public float[] Of(ParameterSpec parameter) =>
            Gradients.AsSpan((int)Layout.OffsetOf(parameter), (int)parameter.Length).ToArray();
    }

    /// <summary>A head that does not say what it reads.</summary>
    private sealed class AllTokens(ModelHead head) : ModelHead(head.Outputs)
    {
        public override OutputRows Rows => head.Rows;

        public override string ClassSuffix => head.ClassSuffix;

        public override Value Build(ModelBuilder m, Architecture architecture, Value hidden) =>
            head.Build(m, architecture, hidden);
    }

    /// <summary>A head that takes all tokens and says it did not.</summary>
    private sealed class MeanHead() : ModelHead(outputs: 1)
    {
        public override OutputRows Rows => OutputRows.PerSequence;

        public override string ClassSuffix => "";

        public override bool ReadsFirstTokens(Architecture architecture) => true;

        public override Value Build(ModelBuilder m, Architecture architecture, Value hidden) => m.MeanToken(hidden);
    }
}
