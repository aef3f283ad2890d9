namespace OrtTrainer.Tests.Runtime.Kernels;

/// <summary>A packed batch for the attention kernels.</summary>
internal sealed record PackedInputs(ReferenceAttention Reference, float[] Qkv, float[] Dy)
{
    private static readonly long[] Key = [99, 4_294_967_295];

    public int Heads => Reference.Heads;

    public int Columns => Reference.Heads * Reference.Width;

    public long Tokens => Reference.Offsets[^1];

    public static PackedInputs Random(int heads, int width, int[] lengths, float p)
    {
        long end = 0;
        long[] offsets = [0, .. lengths.Select(length => end += length)];
        int columns = heads * width;
        return new PackedInputs(
            new ReferenceAttention(offsets, heads, width, (float)(1 / Math.Sqrt(width)), p, 11, Key),
            Tests.Runtime.Reference.Random(1, (int)end * 3 * columns),
            Tests.Runtime.Reference.Random(2, (int)end * columns));
    }

    /// <summary>The sequences in this order, as a batch of their own; any may be left out.</summary>
    public PackedInputs Choose(params int[] sequences)
    {
        long end = 0;
        long[] offsets = [0, .. sequences.Select(s => end += Reference.Offsets[s + 1] - Reference.Offsets[s])];
        return new PackedInputs(
            Reference with { Offsets = offsets },
            [.. sequences.SelectMany(s => Rows(Qkv, 3 * Columns, s))],
            [.. sequences.SelectMany(s => Rows(Dy, Columns, s))]);
    }

    /// <summary>The rows of one sequence.</summary>
    public float[] Rows(float[] tensor, int columns, int sequence) =>
        tensor[((int)Reference.Offsets[sequence] * columns)..((int)Reference.Offsets[sequence + 1] * columns)];

    public KernelRun Forward() => Operator("PackedAttention").With(Qkv, Tokens, 3 * Columns)
        .With(Reference.Offsets, Reference.Offsets.Length).With(Key, 2);

    public KernelRun Backward(float[][] forward) => Operator("PackedAttentionGrad").With(Dy, Tokens, Columns)
        .With(Qkv, Tokens, 3 * Columns).With(forward[0], Tokens, Columns).With(forward[1], Tokens, Heads)
        .With(Reference.Offsets, Reference.Offsets.Length).With(Key, 2);

    /// <summary>y, lse and dqkv.</summary>
    public float[][] All()
    {
        float[][] forward = Forward().Outputs(2);
        return [.. forward, Backward(forward).Single()];
    }

    private KernelRun Operator(string op) => new(
        op, ("heads", Heads), ("scale", Reference.Scale), ("mask", (int)Reference.Mask),
        ("window", Reference.Window), ("p", Reference.P), ("site", Reference.Site));
}
