using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Models;

public sealed class PackedGraphTests
{
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

    [Test]
    public void Evaluation_takes_a_batch_and_parameters() => Assert.That(
        PackedGraph.Evaluation(_model.Architecture, new SequenceHead(4)).Inputs, Is.EquivalentTo(BatchInputs));

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
    public void Heads_that_do_not_divide_the_width_are_refused()
    {
        _folder.Write(
            "config.json",
            File.ReadAllText(_folder.File("config.json")).Replace(
                "\"num_attention_heads\": 2", "\"num_attention_heads\": 3"));

        Assert.That(
            () => PretrainedModel.Open(_folder.Path),
            Throws.TypeOf<RunException>().With.Message.Contains("hidden_size 16")
                .And.Message.Contains("num_attention_heads 3"));
    }
}
