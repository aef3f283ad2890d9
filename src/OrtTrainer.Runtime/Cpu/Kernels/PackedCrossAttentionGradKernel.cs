using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>PackedCrossAttentionGrad(dy [Q, H], q [Q, H], kv [T, 2H], y [Q, H], lse [Q, heads], queryOffsets [B + 1], offsets
/// [B + 1], key [2]) -> dq [Q, H], dkv [T, 2H]</c>, attributes as of <c>PackedCrossAttention</c>, by the formulas of
/// <see cref="PackedAttentionGradKernel{TTile}"/>: the queries of a pair add to the gradients of its keys in their
/// order.
/// </summary>
internal sealed unsafe class PackedCrossAttentionGradKernel(KernelAttributes attributes) : Kernel
{
    private readonly AttentionAttributes _attributes = new(attributes);

    public static KernelDefinition Definition { get; } = new(
        "PackedCrossAttentionGrad",
        [
            ElementType.Float, ElementType.Float, ElementType.Float, ElementType.Float, ElementType.Float,
            ElementType.Int64, ElementType.Int64, ElementType.Int64,
        ],
        2,
        attributes => new PackedCrossAttentionGradKernel(attributes));

    public override void Compute(in KernelContext context)
    {
        KernelTensor dy = context.Input(0), q = context.Input(1), kv = context.Input(2), y = context.Input(3);
        KernelTensor logSums = context.Input(4);
        CrossSequences sequences = CrossSequences.Read(
            Definition, q, kv, context.Input(5), context.Input(6), _attributes.Heads);
        Shapes.Require(Definition, "dy", dy, sequences.Queries, sequences.Columns);
        Shapes.Require(Definition, "y", y, sequences.Queries, sequences.Columns);
        Shapes.Require(Definition, "lse", logSums, sequences.Queries, sequences.Heads);
        context.ParallelFor(sequences.Pairs, new Pairs
        {
            Sequences = sequences,
            Dy = dy.Floats,
            Q = q.Floats,
            Kv = kv.Floats,
            Y = y.Floats,
            LogSums = logSums.Floats,
            Dq = context.Output(0, q.Shape).Floats,
            Dkv = context.Output(1, kv.Shape).Floats,
            Scale = _attributes.Scale,
            Mask = _attributes.Dropout.Mask(context.Input(7)),
        });
    }

    private struct Pairs : IBlocks
    {
        public CrossSequences Sequences;
        public float* Dy;
        public float* Q;
        public float* Kv;
        public float* Y;
        public float* LogSums;
        public float* Dq;
        public float* Dkv;
        public float Scale;
        public DropoutMask Mask;

        public readonly void Run(int block)
        {
            (int firstQuery, int queries, int firstKey, int length, int head) = Sequences.Pair(block);
            int width = Sequences.Width, row = Lanes.RoundUp(width);
            nint columns = Sequences.Columns, wide = 2 * columns, start = (firstKey * wide) + (head * width);
            float* keys = Kv + start, values = keys + columns;
            float* dkeys = Dkv + start, dvalues = dkeys + columns;

            Layout layout = new();
            long query = layout.Add(row);
            long dquery = layout.Add(row);
            long scores = layout.Add(length);
            long gradients = layout.Add(length);
            float* s = Scratch.ForBlock(layout.Length);

            for (int j = 0; j < length; j++)
            {
                new Span<float>(dkeys + (j * wide), width).Clear();
                new Span<float>(dvalues + (j * wide), width).Clear();
            }

            for (int number = firstQuery; number < firstQuery + queries; number++)
            {
                nint at = (number * columns) + (head * width);
                float* dy = Dy + at;
                Packing.Rows(Q + at, 0, 1, width, Scale, s + query);
                StridedRows.Dots(s + query, keys, wide, length, width, s + scores);
                StridedRows.Dots(dy, values, wide, length, width, s + gradients);
                AttentionRows.Gradient(
                    s + scores, s + gradients, length, length, Mask,
                    AttentionRows.IndexOf(number, Sequences.Heads, head, key: 0),
                    LogSums[((long)number * Sequences.Heads) + head], AttentionRows.Dot(dy, Y + at, width));

                // The query has the scale in it, so dk has it already; dq gets it on its way out.
                StridedRows.AddOuter(s + scores, dy, dvalues, wide, length, width);
                StridedRows.AddOuter(s + gradients, s + query, dkeys, wide, length, width);
                StridedRows.Weighted(s + gradients, keys, wide, length, width, s + dquery);
                Packing.Unpack(s + dquery, 1, width, Scale, Dq + at, 0);
            }
        }
    }
}
