using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>PackedAttention(qkv [T, 3H], offsets [B + 1], key [2]) -> y [T, H], lse [T, heads]</c>, attributes
/// <c>heads</c>, <c>scale</c>, <c>mask</c>, <c>window</c>, <c>p</c>, <c>site</c>. Each sequence attends to itself: P =
/// softmax(scale · q kᵀ) over the keys that the mask and the window let a query see, y = (P · dropout) v, lse the log
/// of the sum of e^score, from which the gradient makes P again. A block of queries begins at the panel of its first
/// key and stops at its last. <c>PackedBiasedAttention</c> takes <c>relative [D, heads]</c> too, which is added to the
/// scores by distance.
/// </summary>
internal sealed unsafe class PackedAttentionKernel(KernelAttributes attributes, bool isBiased) : Kernel
{
    private readonly AttentionAttributes _attributes = new(attributes);
    private readonly AttentionReach _reach = AttentionReach.Of(attributes);

    public static KernelDefinition Definition { get; } = new(
        "PackedAttention", [ElementType.Float, ElementType.Int64, ElementType.Int64], 2,
        attributes => new PackedAttentionKernel(attributes, isBiased: false));

    public static KernelDefinition Biased { get; } = new(
        "PackedBiasedAttention", [ElementType.Float, ElementType.Int64, ElementType.Int64, ElementType.Float], 2,
        attributes => new PackedAttentionKernel(attributes, isBiased: true));

    public override void Compute(in KernelContext context)
    {
        KernelTensor qkv = context.Input(0);
        KernelDefinition definition = isBiased ? Biased : Definition;
        PackedSequences sequences = PackedSequences.Read(definition, qkv, context.Input(1), _attributes.Heads);
        context.ParallelFor(sequences.Pairs, new Pairs
        {
            Sequences = sequences,
            Qkv = qkv.Floats,
            Y = context.Output(0, sequences.Tokens, sequences.Columns).Floats,
            LogSums = context.Output(1, sequences.Tokens, sequences.Heads).Floats,
            Scale = _attributes.Scale,
            Reach = _reach,
            Mask = _attributes.Dropout.Mask(context.Input(2)),
            Bias = isBiased ? DistanceBias.Read(definition, context.Input(3), _attributes.Heads) : default,
        });
    }

    private struct Pairs : IBlocks
    {
        public PackedSequences Sequences;
        public float* Qkv;
        public float* Y;
        public float* LogSums;
        public float Scale;
        public AttentionReach Reach;
        public DropoutMask Mask;
        public DistanceBias Bias;

        public readonly void Run(int block)
        {
            (int first, int length, int head) = Sequences.Pair(block);
            int width = Sequences.Width, row = Lanes.RoundUp(width), stride = AttentionRows.Stride(length);
            nint wide = 3 * (nint)Sequences.Columns;
            float* q = Qkv + (first * wide) + (head * width);

            Layout layout = new();
            long queries = layout.Add((long)AttentionRows.Block * row);
            long keys = layout.Add((long)(length + Tile.PanelColumns) * width);
            long values = layout.Add((long)length * row);
            long scores = layout.Add((long)AttentionRows.Block * stride);
            long results = layout.Add((long)AttentionRows.Block * row);
            long bias = layout.Add(Bias.SpreadLength(length));
            float* scratch = Scratch.ForBlock(layout.Length);

            float* largest = stackalloc float[AttentionRows.Block];
            float* divisors = stackalloc float[AttentionRows.Block];
            int* firsts = stackalloc int[AttentionRows.Block];
            Packing.Transposed(q + Sequences.Columns, wide, length, width, scratch + keys);
            Packing.Rows(q + (2 * Sequences.Columns), wide, length, width, 1, scratch + values);
            Bias.Spread(head, length, scratch + bias);
            for (int start = 0; start < length; start += AttentionRows.Block)
            {
                int count = Math.Min(AttentionRows.Block, length - start);
                int rows = (count + Tile.Rows - 1) / Tile.Rows * Tile.Rows;
                int from = Reach.First(start) / Tile.PanelColumns * Tile.PanelColumns;
                int reach = Reach.End(start + count - 1, length);
                Packing.Rows(q + (start * wide), wide, count, width, Scale, scratch + queries);
                Tile.Multiply(
                    scratch + queries, row, 1, scratch + keys + ((long)from * width), Tile.PanelColumns * width,
                    Tile.PanelColumns, scratch + scores + from, stride, rows, Lanes.RoundUp(reach) - from, width,
                    add: false);

                for (int i = 0; Bias.IsThere && i < count; i++)
                {
                    Vectors.AddTo(
                        scratch + scores + ((long)i * stride) + from,
                        DistanceBias.RowOf(scratch + bias, start + i, length) + from,
                        Reach.End(start + i, length) - from);
                }

                // Row by row in three loops: each row is a chain of dependent steps, and short ones let the processor
                // overlap rows.
                for (int i = 0; i < count; i++)
                {
                    float* seen = scratch + scores + ((long)i * stride);
                    firsts[i] = AttentionRows.HideBefore(seen, from, Reach.First(start + i));
                    largest[i] = AttentionRows.Largest(
                        seen + firsts[i], Reach.End(start + i, length) - firsts[i]);
                }

                for (int i = 0; i < count; i++)
                {
                    divisors[i] = AttentionRows.Softmax(
                        scratch + scores + ((long)i * stride) + firsts[i],
                        Reach.End(start + i, length) - firsts[i], reach - firsts[i], Mask,
                        AttentionRows.IndexOf(first + start + i, Sequences.Heads, head, firsts[i]),
                        largest[i]);
                }

                float* logSums = LogSums + ((first + start) * (long)Sequences.Heads) + head;
                for (int i = 0; i < count; i++)
                {
                    logSums[(long)i * Sequences.Heads] = largest[i] + MathF.Log(divisors[i]);
                }

                Tile.Multiply(
                    scratch + scores + from, stride, 1, scratch + values + ((long)from * row), Tile.PanelColumns, row,
                    scratch + results, row, rows, row, reach - from, add: false);
                float* y = Y + ((first + start) * (nint)Sequences.Columns) + (head * width);
                for (int i = 0; i < count; i++)
                {
                    Packing.Unpack(
                        scratch + results + ((long)i * row), 1, width, 1 / divisors[i],
                        y + (i * (nint)Sequences.Columns), 0);
                }
            }
        }
    }
}
