using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks.Classification;
using OrtTrainer.Tasks.MultiLabel;
using OrtTrainer.Tasks.Regression;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Training;

namespace OrtTrainer.Tests.Models;

public sealed class PackedGraphTests
{
    private static readonly string[] LossInputs =
    [
        PackedInputs.Targets, PackedInputs.TeacherTargets, PackedInputs.TeacherOffsets, PackedInputs.ExampleWeights,
        PackedInputs.LossScale, PackedInputs.LabelWeight, PackedInputs.TeacherWeight, PackedInputs.InverseTemperature,
        PackedInputs.LogitWeight, PackedInputs.TeacherScale, PackedInputs.PenaltyWeight, PackedInputs.FocalGamma,
    ];

    private static readonly string[] BatchInputs =
        [PackedInputs.InputIds, PackedInputs.PositionIds, PackedInputs.TokenTypeIds, PackedInputs.Offsets];

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
    public void A_training_graph_takes_targets_and_gives_a_gradient_per_view(bool dropout)
    {
        PackedGraph graph = TrainingGraph.Build(_model.Architecture, ClassificationTask.Instance.Distribution, new SequenceHead(4), dropout);

        using GraphSession session = GraphSession.FromBytes(graph.Model, new ExecutionOptions());
        string[] expected = [.. BatchInputs, .. LossInputs];
        Assert.That(graph.Inputs, Is.EquivalentTo(dropout ? [.. expected, PackedInputs.DropoutKey] : expected));
        Assert.That(
            session.Inputs.Select(i => i.Name), Is.EquivalentTo(
                graph.Inputs.Concat(graph.Layout.Views.Select(v => v.Name))));
        Assert.That(
            session.Outputs.Select(o => o.Name),
            Is.EquivalentTo(graph.Layout.Views
                .Select(v => v.GradientName)
                .Concat([
                    PackedInputs.Loss, PackedInputs.LabelLoss, PackedInputs.TeacherLoss, PackedInputs.PenaltyLoss,
                    PackedInputs.Logits,
                ])));
    }

    [Test]
    public void Evaluation_and_training_lay_their_parameters_out_alike()
    {
        PackedGraph training = TrainingGraph.Build(_model.Architecture, MultiLabelTask.Instance.Distribution, new SequenceHead(4));
        PackedGraph evaluation = PackedGraph.Evaluation(_model.Architecture, new SequenceHead(4));

        Assert.That(evaluation.Inputs, Is.EquivalentTo(BatchInputs));
        Assert.That(evaluation.Layout.Length, Is.EqualTo(training.Layout.Length));
        Assert.That(
            evaluation.Layout.Parameters.Select(p => (p.Name, evaluation.Layout.OffsetOf(p))),
            Is.EqualTo(training.Layout.Parameters.Select(p => (p.Name, training.Layout.OffsetOf(p)))));
    }

    [Test]
    public void The_encoder_has_no_head()
    {
        PackedGraph graph = PackedGraph.Encoder(_model.Architecture);

        using GraphSession session = GraphSession.FromBytes(graph.Model, new ExecutionOptions());
        Assert.That(session.Outputs.Select(o => o.Name), Is.EqualTo(new[] { PackedInputs.LastHiddenState }));
        Assert.That(graph.Layout.Parameters.Select(p => p.Name), Has.None.Contains("classifier")
            .And.None.Contains("pooler"));
    }

    [Test]
    public void The_same_model_gives_the_same_bytes() => Assert.That(
        TrainingGraph.Build(_model.Architecture, RegressionTask.Instance.Distribution, new SequenceHead(1)).Model,
        Is.EqualTo(TrainingGraph.Build(_model.Architecture, RegressionTask.Instance.Distribution, new SequenceHead(1)).Model));

    [Test]
    public void Heads_that_do_not_divide_the_width_are_refused()
    {
        _folder.Write(
            "config.json",
            File.ReadAllText(_folder.File("config.json")).Replace(
                "\"num_attention_heads\": 2", "\"num_attention_heads\": 3"));

        Assert.That(
            () => PretrainedModel.Open(_folder.Path),
            Throws.TypeOf<ModelException>().With.Message.Contains("hidden_size 16")
                .And.Message.Contains("num_attention_heads 3"));
    }
}
