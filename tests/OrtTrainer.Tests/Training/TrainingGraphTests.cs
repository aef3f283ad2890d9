using OrtTrainer.Data;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Models;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Training;

public sealed class TrainingGraphTests
{
    private const int Outputs = 4;

    private static readonly string[] Batch =
    [
        PackedInputs.InputIds, PackedInputs.PositionIds, PackedInputs.TokenTypeIds, PackedInputs.Offsets,
        PackedInputs.Targets, PackedInputs.ExampleWeights, PackedInputs.LossScale,
    ];

    private TemporaryFolder _folder = null!;
    private PretrainedModel _model = null!;

    [SetUp]
    public void MakeModel()
    {
        _folder = new TemporaryFolder();
        TinyBert.Write(_folder.Path, ["one", "two"]);
        _model = PretrainedModel.Open(_folder.Path);
    }

    [TearDown]
    public void RemoveModel()
    {
        _model.Dispose();
        _folder.Dispose();
    }

    [TestCase(true)]
    [TestCase(false)]
    public void It_takes_a_batch_with_targets_and_gives_a_gradient_per_view(bool dropout)
    {
        TrainingGraph graph = Build([], dropout);

        using GraphSession session = GraphSession.FromBytes(graph.Packed.Model, new ExecutionOptions());
        Assert.That(graph.Packed.Inputs, Is.EquivalentTo(dropout ? [.. Batch, PackedInputs.DropoutKey] : Batch));
        Assert.That(session.Inputs.Select(i => i.Name),
            Is.EquivalentTo(graph.Packed.Inputs.Concat(graph.Layout.Views.Select(v => v.Name))));
        Assert.That(session.Outputs.Select(o => o.Name),
            Is.EquivalentTo(graph.Layout.Views.Select(v => v.GradientName)
                .Concat([PackedInputs.Loss, "label_loss", PackedInputs.Logits])));
    }

    [Test]
    public void It_holds_what_the_terms_of_the_loss_read_and_no_more()
    {
        Assert.That(Added(new LabelLoss(0.5)), Is.EqualTo(new[] { "label_weight" }));
        Assert.That(Added(new FocalLoss(2)), Is.EqualTo(new[] { "focal_gamma" }));
        Assert.That(Added(new LabelLoss(), new NegativeEntropy(0.1)), Is.EqualTo(new[] { "penalty_weight" }));
        Assert.That(Added(new LabelLoss(), new SymmetricDivergence(1)),
            Is.EquivalentTo(new[] { "partners", "agreement_weight" }));
        Assert.That(Added(new LabelLoss(), new SoftTargetLoss(new float[8], Outputs, null, temperature: 2, weight: 1)),
            Is.EquivalentTo(new[] { "teacher_targets", "teacher_weight", "inverse_temperature" }));
        Assert.That(Added(new LabelLoss(), new SoftTargetLoss(new float[8], Outputs, [1, 2], 2, 1)),
            Does.Contain("teacher_offsets"));
    }

    [Test]
    public void Words_are_a_table_of_which_the_gradients_of_picked_rows_come_out()
    {
        TrainingGraph graph = Build([]);
        ParameterView words = graph.Tables.Single();

        using GraphSession session = GraphSession.FromBytes(graph.Packed.Model, new ExecutionOptions());
        Assert.That(words.Name, Is.EqualTo("bert.embeddings.word_embeddings.weight"));
        Assert.That(session.Outputs.Single(o => o.Name == words.GradientName).Shape,
            Is.EqualTo(new[] { -1, TinyBert.Width }));
        Assert.That(graph.Layout.Weights.Segments.Where(s => s.IsSparse).Select(s => s.Name),
            Is.EqualTo(new[] { words.Name }));
    }

    [Test]
    public void What_the_first_layer_takes_is_made_by_one_operator()
    {
        var nodes = ModelProto.Parser.ParseFrom(Build([]).Packed.Model).Graph.Node;

        Assert.That(nodes.Count(node => node.OpType == "EmbeddingNorm3"), Is.EqualTo(1));
        Assert.That(nodes.Count(node => node.OpType == "EmbeddingNormGrad"), Is.EqualTo(1));
        Assert.That(nodes.Select(node => node.OpType), Has.None.EqualTo("LayerNorm"));
    }

    [Test]
    public void Words_that_are_weights_of_the_head_too_are_no_table()
    {
        TrainingGraph graph = TrainingGraph.Build(
            _model.Architecture, new MaskedTokenHead(7),
            new TrainingObjective(
                OutputDistribution.Vocabulary, new ExampleTargets(new ClassTargets([0, 1], 7)), new LabelLoss()));

        Assert.That(graph.Tables, Is.Empty);
        Assert.That(graph.Layout.Weights.Segments.Any(s => s.IsSparse), Is.False);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Words_that_are_weights_too_give_the_rest_and_the_picked_rows_apart(bool recompute)
    {
        TinyLlama.Write(_folder.File("llama"));
        using PretrainedModel llama = PretrainedModel.Open(_folder.File("llama"));
        TrainingGraph graph = TrainingGraph.Build(
            llama.Architecture, new NextTokenHead(17), NextTokens([new LabelLoss()]), recompute: recompute);

        ParameterView words = graph.SharedTables.Single();
        using GraphSession session = GraphSession.FromBytes(graph.Packed.Model, new ExecutionOptions());
        Assert.That(words.Name, Is.EqualTo("model.embed_tokens.weight"));
        Assert.That(session.Outputs.Single(o => o.Name == words.GradientName).Shape, Is.EqualTo(new[] { 17, 16 }));
        Assert.That(session.Outputs.Single(o => o.Name == TrainingGraph.PickedName(words)).Shape,
            Is.EqualTo(new[] { -1, 16 }));
        Assert.That(graph.Tables, Is.Empty);
    }

    [Test]
    public void A_loss_of_ids_alone_has_no_logits_of_all_rows()
    {
        TinyLlama.Write(_folder.File("llama"));
        using PretrainedModel llama = PretrainedModel.Open(_folder.File("llama"));
        bool HasLogits(params LossTerm[] terms)
        {
            TrainingGraph graph = TrainingGraph.Build(
                llama.Architecture, new NextTokenHead(17), NextTokens(terms), dropout: false);
            int[] ids = [1, 5, 9, 4, 2];
            TokenizedExample[] examples = [new(ids, new int[5])];
            using WeightBuffer parameters = new(Device.Default, graph.Layout.Length);
            using WeightBuffer gradients = new(Device.Default, graph.Layout.Length);
            _ = llama.Load(graph.Layout, parameters, seed: 1);
            using GradientSession session = new(
                graph, new ExecutionOptions { Profile = true, UseKernels = true }, parameters, gradients);
            PackedBatch batch = new();
            batch.Fill(examples, [0], NextTokens(terms));
            _ = session.Run(batch, 1, default);
            return session.EndProfiling().Single().Nodes.Any(node => node.Inputs.Concat(node.Outputs).Any(
                tensor => tensor.Shape.SequenceEqual([5, 17])));
        }

        Assert.That(HasLogits(new LabelLoss()), Is.EqualTo(!HasLinearKernels));
        Assert.That(HasLogits(new LabelLoss(0.5)), Is.EqualTo(!HasLinearKernels));
        Assert.That(HasLogits(new SmoothedIdLoss(LossPart.Labels, new SmoothedLabels(0.1, false), 17, false, 1)),
            Is.EqualTo(!HasLinearKernels));
        Assert.That(HasLogits(new FocalLoss(2)), Is.True);
        Assert.That(HasLogits(new LabelLoss(), new NegativeEntropy(0.1)), Is.True);
    }

    [Test]
    public void Its_parameters_lie_as_those_of_the_evaluation()
    {
        ParameterLayout training = Build([]).Layout;
        ParameterLayout evaluation = PackedGraph.Evaluation(_model.Architecture, new SequenceHead(Outputs)).Layout;

        Assert.That(evaluation.Length, Is.EqualTo(training.Length));
        Assert.That(evaluation.Parameters.Select(p => (p.Name, evaluation.OffsetOf(p))),
            Is.EqualTo(training.Parameters.Select(p => (p.Name, training.OffsetOf(p)))));
    }

    [Test]
    public void The_same_model_gives_the_same_bytes()
    {
        byte[] first = Build([]).Packed.Model;

        Assert.That(Build([]).Packed.Model, Is.EqualTo(first));
    }

    private static bool HasLinearKernels =>
        KernelLibrary.Default.Definitions.Any(kernel => kernel.Name == "LinearCrossEntropyWithoutBias");

    private static TrainingObjective NextTokens(LossTerm[] terms) => new(
        OutputDistribution.Vocabulary, new ExampleTargets(TokenTargets.Of([[5, 9, 4, 2, 1]], 17)), terms);

    private TrainingGraph Build(LossTerm[] terms, bool dropout = false) => TrainingGraph.Build(
        _model.Architecture, new SequenceHead(Outputs),
        new TrainingObjective(
            OutputDistribution.Categorical, new ExampleTargets(new ClassTargets([0, 1], Outputs)), terms),
        dropout);

    /// <summary>The inputs of the graph beside those of a plain loss.</summary>
    private IEnumerable<string> Added(params LossTerm[] terms) => Build(terms).Packed.Inputs.Except(Batch);
}
