using OrtTrainer.Benchmarking;
using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Runtime;
using OrtTrainer.Training.Batches;
using ElementType = OrtTrainer.Graph.ElementType;

namespace OrtTrainer.Tests.Benchmarking;

public sealed class YardstickTests
{
    private static readonly TokenizedExample[] Examples =
    [
        new([5, 6, 7], [0, 0, 0]),
        new([8], [0]),
        new([9, 10], [0, 0]),
    ];

    private static readonly ClassTargets Targets = new([2, 0, 1], classes: 3);

    [Test]
    public void A_batch_is_padded_to_its_longest_example_and_the_padding_masked()
    {
        YardstickBatch batch = new(Examples, Targets, [1, 2], classes: 2);

        Assert.That((batch.Rows, batch.Width), Is.EqualTo((2, 2)));
        Assert.That(batch.Ids, Is.EqualTo(new long[] { 8, 0, 9, 10 }));
        Assert.That(batch.Positions, Is.EqualTo(new long[] { 0, 1 }));
        Assert.That(batch.Mask, Is.EqualTo(new[] { 0, -1e9f, 0, 0 }));
        Assert.That(batch.Labels, Is.EqualTo(new long[] { 0, 1 }));
    }

    [Test]
    public void Labels_beyond_the_yardstick_s_classes_wrap_around() =>
        Assert.That(new YardstickBatch(Examples, Targets, [0], classes: 2).Labels, Is.EqualTo(new long[] { 0 }));

    [Test]
    public void Parameters_are_filled_as_the_yardstick_is_defined_and_gradients_bound()
    {
        using TemporaryFolder folder = new();
        using YardstickSession session = new(Graph(folder, width: 400), Config(folder, width: 400, layers: 1),
            threads: 1);

        // The graph's loss is the mean square of its embedding plus the sum of its gains.
        float loss = session.Run(new YardstickBatch(Examples, Targets, [0, 1, 2], session.Classes));

        Assert.That(session.Classes, Is.EqualTo(2));
        Assert.That(loss - 400, Is.EqualTo(0.02 * 0.02).Within(1e-4));
    }

    [TestCase(8, 2, "has 1 layers of width 4 over 32 tokens, the model 2 of width 8 over 32.")]
    [TestCase(4, 3, "has 1 layers of width 4 over 32 tokens, the model 3 of width 4 over 32.")]
    public void A_yardstick_of_another_size_is_refused(int width, int layers, string expected)
    {
        using TemporaryFolder folder = new();

        Assert.That(
            () => new YardstickSession(Graph(folder, width: 4), Config(folder, width, layers), threads: 1),
            Throws.InstanceOf<ModelException>().With.Message.Contains(expected));
    }

    [Test]
    public void Any_other_onnx_file_is_refused()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("x.onnx", new TestModel()
            .Input("x", ElementType.Float, "1").Output("y", ElementType.Float, "1").Node("Identity", ["x"], ["y"])
                .Bytes());

        Assert.That(
            () => new YardstickSession(file, Config(folder, 4, 1), threads: 1),
            Throws.InstanceOf<ModelException>().With.Message.EqualTo(
                $"{file}: there are no inputs 'emb.w' and 'cls.b'; this is no yardstick graph."));
    }

    private static string Graph(TemporaryFolder folder, int width)
    {
        string w = $"{width}";
        return folder.Write("yardstick.onnx", new TestModel()
            .Input("ids", ElementType.Int64, "N").Input("pos", ElementType.Int64, "S")
            .Input("mask", ElementType.Float, "B", "1", "1", "S").Input("bsh", ElementType.Int64, "4")
            .Input("bsH", ElementType.Int64, "3").Input("nH", ElementType.Int64, "2")
                .Input("labels", ElementType.Int64, "B")
            .Input("emb.w", ElementType.Float, "32", w).Input("eln.g", ElementType.Float, w)
            .Input("l0.q.w", ElementType.Float, w, w).Input("cls.b", ElementType.Float, "2")
            .Output("loss", ElementType.Float)
            .Output("emb.w_grad", ElementType.Float, "32", w).Output("eln.g_grad", ElementType.Float, w)
            .Output("l0.q.w_grad", ElementType.Float, w, w).Output("cls.b_grad", ElementType.Float, "2")
            .Node("Mul", ["emb.w", "emb.w"], ["squares"])
            .Node("ReduceMean", ["squares"], ["mean"], ("keepdims", 0))
            .Node("ReduceSum", ["eln.g"], ["gains"], ("keepdims", 0))
            .Node("Add", ["mean", "gains"], ["loss"])
            .Node("Identity", ["emb.w"], ["emb.w_grad"]).Node("Identity", ["eln.g"], ["eln.g_grad"])
            .Node("Identity", ["l0.q.w"], ["l0.q.w_grad"]).Node("Identity", ["cls.b"], ["cls.b_grad"])
            .Bytes());
    }

    private static ModelConfig Config(TemporaryFolder folder, int width, int layers) =>
        ModelConfig.LoadFile(folder.Write("config.json", $$"""
        {
          "model_type": "bert", "vocab_size": 32, "hidden_size": {{width}}, "num_hidden_layers": {{layers}},
          "num_attention_heads": 2
        }
        """));
}
