using OrtTrainer.Benchmarks;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Tests.Runtime;
using OrtTrainer.Training.Batches;
using ElementType = OrtTrainer.Graph.ElementType;

namespace OrtTrainer.Tests.Benchmarks;

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
        using YardstickSession session = new(
            TinyYardstick.Write(folder.File("yardstick.onnx"), width: 400, layers: 1),
            Size(width: 400, layers: 1), threads: 1);

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
            () => new YardstickSession(
                TinyYardstick.Write(folder.File("yardstick.onnx"), width: 4, layers: 1), Size(width, layers),
                threads: 1),
            Throws.InstanceOf<RunException>().With.Message.Contains(expected));
    }

    [Test]
    public void Any_other_onnx_file_is_refused()
    {
        using TemporaryFolder folder = new();
        string file = folder.Write("x.onnx", new TestModel()
            .Input("x", ElementType.Float, "1").Output("y", ElementType.Float, "1").Node("Identity", ["x"], ["y"])
                .Bytes());

        Assert.That(
            () => new YardstickSession(file, Size(4, 1), threads: 1),
            Throws.InstanceOf<RunException>().With.Message.EqualTo(
                $"{file}: there are no inputs 'emb.w' and 'cls.b'; this is no yardstick graph."));
    }

    private static ModelShape Size(int width, int layers) => new()
    {
        Layers = layers,
        Width = width,
        Heads = 2,
        Inner = 4 * width,
        Positions = 16,
        Vocabulary = 32,
    };
}
