namespace OrtTrainer.Tests.Runtime.Cuda.Kernels;

/// <summary>
/// Sequences of odd lengths, shorter and longer than tiles, an empty one among them; heads of widths below, at and
/// above what narrow kernels take.
/// </summary>
public sealed class DeviceAttentionTests
{
    private static readonly long[] Offsets = [0, 1, 4, 4, 37, 54];

    [Test]
    public void Attention_is_that_of_the_cpu([Values(0, 1)] int mask, [Values(0f, 0.2f)] float p) =>
        OnDevice.IsAsOnTheCpu(Forward("PackedAttention", 2, 2, 5, mask, -1, p, Offsets), 2);

    [TestCase(0, 3)]
    [TestCase(1, 3)]
    [TestCase(0, 0)]
    [TestCase(1, 100)]
    public void Windows_are_those_of_the_cpu(int mask, int window) =>
        OnDevice.IsAsOnTheCpu(Forward("PackedAttention", 1, 1, 3, mask, window, 0.2f, Offsets), 2);

    [TestCase(1)]
    [TestCase(2)]
    public void Heads_share_keys_as_on_the_cpu(int keyHeads) =>
        OnDevice.IsAsOnTheCpu(Forward("PackedSharedAttention", 4, keyHeads, 3, 1, -1, 0.2f, [0, 3, 20]), 2);

    [TestCase(64)]
    [TestCase(65)]
    [TestCase(128)]
    public void Heads_are_as_wide_as_the_kernels(int width) =>
        OnDevice.IsAsOnTheCpu(Forward("PackedAttention", 1, 1, width, 1, -1, 0.1f, [0, 9, 18]), 2);

    [Test]
    public void Dropout_counts_keys_beyond_a_block_as_on_the_cpu() =>
        OnDevice.IsAsOnTheCpu(Forward("PackedAttention", 1, 1, 1, 1, 2, 0.5f, [0, 1030]), 2);

    [Test]
    public void Gradients_are_those_of_the_cpu([Values(0, 1)] int mask, [Values(0f, 0.2f)] float p) =>
        OnDevice.IsAsOnTheCpu(Backward("PackedAttention", 2, 2, 5, mask, -1, p, Offsets), 1);

    [TestCase(0, 3)]
    [TestCase(1, 3)]
    [TestCase(0, 0)]
    [TestCase(1, 100)]
    public void Gradients_in_windows_are_those_of_the_cpu(int mask, int window) =>
        OnDevice.IsAsOnTheCpu(Backward("PackedAttention", 1, 1, 3, mask, window, 0.2f, Offsets), 1);

    [TestCase(1)]
    [TestCase(2)]
    public void Gradients_of_shared_keys_are_those_of_the_cpu(int keyHeads) =>
        OnDevice.IsAsOnTheCpu(Backward("PackedSharedAttention", 4, keyHeads, 3, 1, -1, 0.2f, [0, 3, 20]), 1);

    [TestCase(64)]
    [TestCase(65)]
    [TestCase(128)]
    public void Gradients_of_heads_as_wide_as_the_kernels(int width) =>
        OnDevice.IsAsOnTheCpu(Backward("PackedAttention", 1, 1, width, 1, -1, 0.1f, [0, 9, 18]), 1);

    [Test]
    public void Wider_heads_are_refused() =>
        Assert.That(
            () => Forward("PackedAttention", 1, 1, 129, 1, -1, 0, [0, 2]).Outputs(2, library: OnDevice.Library),
            Expect.Refusal("heads have 129 columns; expected at most 128 on a CUDA device"));

    [Test]
    public void Offsets_out_of_range_touch_nothing_outside()
    {
        float[] y = Forward("PackedAttention", 1, 1, 2, 0, -1, 0, [0, 5, 3, 900]).Reshaped(0, 6, 6)
            .Outputs(2, library: OnDevice.Library)[0];

        Assert.That(y, Is.EqualTo(new float[12]));
    }

    private static KernelRun Forward(
        string op, int heads, int keyHeads, int width, int mask, int window, float p, long[] offsets)
    {
        int tokens = (int)offsets.Max(), columns = (heads + (2 * keyHeads)) * width;
        return Attention(op, heads, keyHeads, width, mask, window, p).Matrix(7, tokens, columns)
            .With(offsets, offsets.Length).With(OnDevice.Key, 2);
    }

    private static KernelRun Backward(
        string op, int heads, int keyHeads, int width, int mask, int window, float p, long[] offsets)
    {
        KernelRun forward = Forward(op, heads, keyHeads, width, mask, window, p, offsets);
        float[][] outputs = forward.Outputs(2);
        int tokens = (int)offsets[^1];
        return Attention(op + "Grad", heads, keyHeads, width, mask, window, p)
            .Matrix(8, tokens, heads * width).With(forward.Inputs[0].Floats!, forward.Inputs[0].Shape)
            .With(outputs[0], tokens, heads * width).With(outputs[1], tokens, heads)
            .With(offsets, offsets.Length).With(OnDevice.Key, 2);
    }

    private static KernelRun Attention(
        string op, int heads, int keyHeads, int width, int mask, int window, float p)
    {
        List<(string, object)> attributes =
        [
            ("heads", heads), ("mask", mask), ("window", window), ("scale", (float)(1 / Math.Sqrt(width))), ("p", p),
            ("site", 9),
        ];
        if (op.Contains("Shared", StringComparison.Ordinal))
        {
            attributes.Add(("keyHeads", keyHeads));
        }

        return new KernelRun(op, [.. attributes]);
    }
}
