using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>PackedCrossAttention(q [Q, H], kv [T, 2H], queryOffsets [B + 1], offsets [B + 1], key [2]) -> y [Q, H], lse [Q,
/// heads]</c>, attributes <c>heads</c>, <c>scale</c>, <c>p</c>, <c>site</c>: <c>PackedAttention</c> of queries to keys
/// and values that lie in a batch of their own. One query at a time, by products of one row: made for few queries per
/// sequence, such as its first token alone, where laying keys out for <see cref="Tile"/> would cost more than it saves.
/// </summary>
internal sealed unsafe class PackedCrossAttentionKernel(KernelAttributes attributes) : Kernel
{
    private readonly AttentionAttributes _attributes = new(attributes);

    public static KernelDefinition Definition { get; } = new(
        "PackedCrossAttention",
        [ElementType.Float, ElementType.Float, ElementType.Int64, ElementType.Int64, ElementType.Int64], 2,
        attributes => new PackedCrossAttentionKernel(attributes));

    public override void Compute(in KernelContext context)
    {
        KernelTensor q = context.Input(0), kv = context.Input(1);
        CrossSequences sequences = CrossSequences.Read(
            Definition, q, kv, context.Input(2), context.Input(3), _attributes.Heads);
        context.ParallelFor(sequences.Pairs, new Pairs
        {
            Sequences = sequences,
            Q = q.Floats,
            Kv = kv.Floats,
            Y = context.Output(0, q.Shape).Floats,
            LogSums = context.Output(1, sequences.Queries, sequences.Heads).Floats,
            Scale = _attributes.Scale,
            Mask = _attributes.Dropout.Mask(context.Input(4)),
        });
    }

    private struct Pairs : IBlocks
    {
        public CrossSequences Sequences;
        public float* Q;
        public float* Kv;
        public float* Y;
        public float* LogSums;
        public float Scale;
        public DropoutMask Mask;

        public readonly void Run(int block)
        {
            (int firstQuery, int queries, int firstKey, int length, int head) = Sequences.Pair(block);
            int width = Sequences.Width, row = Lanes.RoundUp(width);
            nint columns = Sequences.Columns, wide = 2 * columns;
            float* keys = Kv + (firstKey * wide) + (head * width), values = keys + columns;

            Layout layout = new();
            long query = layout.Add(row);
            long result = layout.Add(row);
            long scores = layout.Add(length);
            float* scratch = Scratch.ForBlock(layout.Length);

            for (int number = firstQuery; number < firstQuery + queries; number++)
            {
                float* y = Y + (number * columns) + (head * width);
                float* logSum = LogSums + ((long)number * Sequences.Heads) + head;
                if (length == 0)
                {
                    new Span<float>(y, width).Clear();
                    *logSum = AttentionRows.Hidden;
                    continue;
                }

                Packing.Rows(Q + (number * columns) + (head * width), 0, 1, width, Scale, scratch + query);
                StridedRows.Dots(scratch + query, keys, wide, length, width, scratch + scores);
                float largest = AttentionRows.Largest(scratch + scores, length);
                float divisor = AttentionRows.Softmax(
                    scratch + scores, length, length, Mask,
                    AttentionRows.IndexOf(number, Sequences.Heads, head, key: 0), largest);
                *logSum = largest + MathF.Log(divisor);
                StridedRows.Weighted(scratch + scores, values, wide, length, width, scratch + result);
                Packing.Unpack(scratch + result, 1, width, 1 / divisor, y, 0);
            }
        }
    }
}
