using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>DisentangledAttention(qkv [T, 3H], relative [R, 2H], buckets [2P - 1], offsets [B + 1], key [2]) -> y [T, H],
/// lse [T, heads]</c>, attributes <c>heads</c>, <c>scale</c>, <c>p</c>, <c>site</c>. As <c>PackedAttention</c>, with
/// the products of queries and keys with relative positions added to the scores: those are made for the rows that the
/// sequence's distances reach only, and picked by distance.
/// </summary>
internal sealed unsafe class DisentangledAttentionKernel(KernelAttributes attributes) : Kernel
{
    private readonly AttentionAttributes _attributes = new(attributes);

    public static KernelDefinition Definition { get; } = new(
        "DisentangledAttention",
        [ElementType.Float, ElementType.Float, ElementType.Int64, ElementType.Int64, ElementType.Int64], 2,
        attributes => new DisentangledAttentionKernel(attributes));

    public override void Compute(in KernelContext context)
    {
        KernelTensor qkv = context.Input(0);
        PackedSequences sequences = PackedSequences.Read(Definition, qkv, context.Input(3), _attributes.Heads);
        context.ParallelFor(sequences.Pairs, new Pairs
        {
            Sequences = sequences,
            Relative = RelativePositions.Read(Definition, context.Input(1), context.Input(2), sequences.Columns),
            Qkv = qkv.Floats,
            Y = context.Output(0, sequences.Tokens, sequences.Columns).Floats,
            LogSums = context.Output(1, sequences.Tokens, sequences.Heads).Floats,
            Scale = _attributes.Scale,
            Mask = _attributes.Dropout.Mask(context.Input(4)),
        });
    }

    private struct Pairs : IBlocks
    {
        public PackedSequences Sequences;
        public RelativePositions Relative;
        public float* Qkv;
        public float* Y;
        public float* LogSums;
        public float Scale;
        public DropoutMask Mask;

        public readonly void Run(int block)
        {
            (int first, int length, int head) = Sequences.Pair(block);
            if (length == 0)
            {
                return;
            }

            int width = Sequences.Width, row = Lanes.RoundUp(width), stride = AttentionRows.Stride(length);
            int panel = Tile.PanelColumns;
            nint columns = Sequences.Columns, wide = 3 * columns;
            float* q = Qkv + (first * wide) + (head * width);
            (int firstRow, int reached) = Relative.RowsOf(length);
            int reachedRows = (reached + Tile.Rows - 1) / Tile.Rows * Tile.Rows;
            int relativeStride = AttentionRows.Stride(reached);
            float* relative = Relative.Values + (firstRow * 2 * columns) + (head * width);

            Layout layout = new();
            long places = layout.Add((2L * length) - 1);
            long queries = layout.Add((long)AttentionRows.Block * row);
            long keys = layout.Add((long)(length + panel) * width);
            long values = layout.Add((long)length * row);
            long relativeQueries = layout.Add((long)reachedRows * row);
            long relativeKeys = layout.Add((long)(reached + panel) * width);
            long byKey = layout.Add((long)reachedRows * stride);
            long byQuery = layout.Add((long)AttentionRows.Block * relativeStride);
            long scores = layout.Add((long)AttentionRows.Block * stride);
            long results = layout.Add((long)AttentionRows.Block * row);
            float* s = Scratch.ForBlock(layout.Length);
            float* divisors = stackalloc float[AttentionRows.Block];

            Relative.Fill(length, firstRow, (int*)(s + places));
            Packing.Transposed(q + columns, wide, length, width, s + keys);
            Packing.Rows(q + (2 * columns), wide, length, width, 1, s + values);
            Packing.Rows(relative, 2 * columns, reached, width, Scale, s + relativeQueries);
            Packing.Transposed(relative + columns, 2 * columns, reached, width, s + relativeKeys);
            Tile.Multiply(
                s + relativeQueries, row, 1, s + keys, panel * width, panel, s + byKey, stride, reachedRows,
                Lanes.RoundUp(length), width, add: false);
            for (int start = 0; start < length; start += AttentionRows.Block)
            {
                int count = Math.Min(AttentionRows.Block, length - start);
                int rows = (count + Tile.Rows - 1) / Tile.Rows * Tile.Rows;
                Packing.Rows(q + (start * wide), wide, count, width, Scale, s + queries);
                Tile.Multiply(
                    s + queries, row, 1, s + keys, panel * width, panel, s + scores, stride, rows,
                    Lanes.RoundUp(length), width, add: false);
                Tile.Multiply(
                    s + queries, row, 1, s + relativeKeys, panel * width, panel, s + byQuery, relativeStride, rows,
                    Lanes.RoundUp(reached), width, add: false);
                for (int i = 0; i < count; i++)
                {
                    float* score = s + scores + ((long)i * stride);
                    DisentangledRows.Add(
                        score, s + byQuery + ((long)i * relativeStride), s + byKey, stride,
                        (int*)(s + places) + start + i + length - 1, length);
                    int token = first + start + i;
                    float largest = AttentionRows.Largest(score, length);
                    divisors[i] = AttentionRows.Softmax(
                        score, length, length, Mask, AttentionRows.IndexOf(token, Sequences.Heads, head, 0), largest);
                    LogSums[((long)token * Sequences.Heads) + head] = largest + MathF.Log(divisors[i]);
                }

                Tile.Multiply(
                    s + scores, stride, 1, s + values, panel, row, s + results, row, rows, row, length, add: false);
                float* y = Y + ((first + start) * columns) + (head * width);
                for (int i = 0; i < count; i++)
                {
                    Packing.Unpack(s + results + ((long)i * row), 1, width, 1 / divisors[i], y + (i * columns), 0);
                }
            }
        }
    }
}
