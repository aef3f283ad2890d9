using OrtTrainer.Checkpoints;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Models;

public sealed class ParameterLayoutTests
{
    private static readonly ParameterSpec Wide =
        new("wide", [3, 50], ParameterInitialization.Normal, WeightDecay: true);
    private static readonly ParameterSpec Query =
        new("query", [2, 5], ParameterInitialization.Normal, WeightDecay: true);
    private static readonly ParameterSpec Key = new("key", [4, 5], ParameterInitialization.Normal, WeightDecay: true);
    private static readonly ParameterSpec Bias = new("bias", [7], ParameterInitialization.Zeros, WeightDecay: false);

    private static readonly ParameterLayout Layout =
        new([ParameterView.Of(Wide), ParameterView.Stack("query+key", [Query, Key]), ParameterView.Of(Bias)]);

    [Test]
    public void Views_start_at_blocks_and_their_parts_follow_without_a_gap()
    {
        Assert.That(Layout.OffsetOf(Wide), Is.Zero);
        Assert.That(Layout.OffsetOf(Query), Is.EqualTo(2 * WeightLayout.BlockLength));
        Assert.That(Layout.OffsetOf(Key), Is.EqualTo((2 * WeightLayout.BlockLength) + 10));
        Assert.That(Layout.OffsetOf(Layout.Views[1]), Is.EqualTo(Layout.OffsetOf(Query)));
        Assert.That(Layout.OffsetOf(Bias), Is.EqualTo(3 * WeightLayout.BlockLength));
        Assert.That(Layout.Length, Is.EqualTo(4 * WeightLayout.BlockLength));
        Assert.That(Layout.ParameterCount, Is.EqualTo(150 + 10 + 20 + 7));
    }

    [Test]
    public void A_buffer_is_filled_from_a_file_by_name_and_shape()
    {
        using TemporaryFolder folder = new();
        using WeightBuffer weights = new(Device.Default, Layout.Length);
        string whole = Write(folder, "whole", Wide, Bias, Key, Query);
        string other = Write(folder, "other", Wide, Bias, Key, Query with { Shape = [5, 2] });
        string less = Write(folder, "less", Wide, Bias, Key);

        Layout.Fill(weights, whole);

        Assert.That(Layout.Read(weights, Query), Is.EqualTo(Values(Query)));
        Assert.That(Layout.Read(weights, Bias), Is.EqualTo(Values(Bias)));
        Assert.That(weights.Slice(Layout.OffsetOf(Bias) + Bias.Length, 4).ToArray(), Is.All.Zero, "padding");
        Assert.That(() => Layout.Fill(weights, other), Throws.TypeOf<CheckpointException>()
            .With.Message.Contains("other").And.Message.Contains("query").And.Message.Contains("[5, 2]"));
        Assert.That(() => Layout.Fill(weights, less), Throws.TypeOf<CheckpointException>()
            .With.Message.Contains("less").And.Message.Contains("query"));
    }

    [Test]
    public void The_optimizer_sees_a_segment_per_view()
    {
        WeightLayout flat = Layout.Weights;

        Assert.That(flat.Length, Is.EqualTo(Layout.Length));
        Assert.That(flat.Segments.Select(s => (s.Name, s.Length, s.HasWeightDecay, s.Columns)), Is.EqualTo(new[]
        {
            ("wide", 150, true, 50), ("query+key", 30, true, 5), ("bias", 7, false, 7),
        }));
    }

    [Test]
    public void A_parameter_that_stands_twice_is_refused() => Assert.That(
        () => new ParameterLayout([ParameterView.Of(Wide), ParameterView.Of(Wide)]),
        Throws.ArgumentException.With.Message.Contains("'wide' stands twice"));

    [Test]
    public void Parts_that_differ_in_weight_decay_cannot_share_a_segment()
    {
        ParameterSpec other = Bias with { Name = "other", WeightDecay = true };

        Assert.That(
            () => new ParameterLayout([ParameterView.Stack("both", [Bias, other])]).Weights,
            Throws.ArgumentException.With.Message.Contains("'both'"));
    }

    [Test]
    public void A_stack_joins_tensors_along_their_first_axis()
    {
        ParameterView stack = ParameterView.Stack("query+key", [Query, Key]);

        Assert.That(stack.Shape, Is.EqualTo(new long[] { 6, 5 }));
        Assert.That(stack.Length, Is.EqualTo(30));
        Assert.That(stack.GradientName, Is.EqualTo("query+key.gradient"));
    }

    [Test]
    public void A_stack_of_unequal_rows_is_refused() => Assert.That(
        () => ParameterView.Stack("mixed", [Query, Wide]), Throws.ArgumentException.With.Message.Contains("'mixed'"));

    private static string Write(TemporaryFolder folder, string name, params ParameterSpec[] parameters)
    {
        string file = folder.File(name + ".safetensors");
        SafetensorsWriter.Write(
            file, [.. parameters.Select(p => TensorData.Floats(p.Name, [.. p.Shape], () => Values(p)))]);
        return file;
    }

    private static float[] Values(ParameterSpec parameter) =>
        [.. Enumerable.Range(0, (int)parameter.Length).Select(i => i + parameter.Name.Length)];
}
