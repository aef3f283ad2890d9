using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>PackedAttention(qkv [T, 3H], offsets [B + 1], key [2]) -> y [T, H], lse [T, heads]</c>, attributes
/// <c>heads</c>, <c>scale</c>, <c>mask</c>, <c>window</c>, <c>p</c>, <c>site</c>. Each sequence attends to itself: P =
/// softmax(scale · q kᵀ) over the keys that the mask and the window let a query see, y = (P · dropout) v, lse the log
/// of the sum of e^score, from which the gradient makes P again. A block of queries begins at the panel of its first
/// key and stops at its last. <c>PackedBiasedAttention</c> takes <c>relative [D, heads]</c> too, which is added to the
/// scores by distance.
/// </summary>
internal sealed unsafe class PackedAttentionKernel<TTile>(
    KernelDefinition definition, KernelAttributes attributes, AttentionForm form) : Kernel
    where TTile : struct, ITile
{
    private readonly AttentionAttributes _attributes = new(attributes, form);
    private readonly AttentionReach _reach = AttentionReach.Of(attributes);

    /// <summary>The operator under its name.</summary>
    public static KernelDefinition Define(string name, AttentionForm form)
    {
        ElementType[] relative = form == AttentionForm.Biased ? [ElementType.Float] : [];
        KernelDefinition? definition = null;
        return definition = new KernelDefinition(
            name, [ElementType.Float, ElementType.Int64, ElementType.Int64, .. relative], 2,
            attributes => new PackedAttentionKernel<TTile>(definition!, attributes, form));
    }

    public override void Compute(in KernelContext context)
    {
        KernelTensor qkv = context.Input(0);
        PackedSequences sequences = PackedSequences.Read(
            definition, qkv, context.Input(1), _attributes.Heads, _attributes.KeyHeads);
        context.ParallelFor(sequences.Blocks, new Pairs
        {
            Sequences = sequences,
            Qkv = qkv.Floats,
            Y = context.Output(0, sequences.Tokens, sequences.Columns).Floats,
            LogSums = context.Output(1, sequences.Tokens, sequences.Heads).Floats,
            Scale = _attributes.Scale,
            Reach = _reach,
            Mask = _attributes.Dropout.Mask(context.Input(2)),
            Bias = form == AttentionForm.Biased
                ? DistanceBias.Read(definition, context.Input(3), _attributes.Heads)
                : default,
        });
    }

    private struct Pairs : IBlocks, IAttentionPairs
    {
        public PackedSequences Sequences;
        public float* Qkv;
        public float* Y;
        public float* LogSums;
        public float Scale;
        public AttentionReach Reach;
        public DropoutMask Mask;
        public DistanceBias Bias;

        public readonly void Run(int block) => Sequences.RunPairs(block, this);

        public readonly void Fetch(int pair)
        {
            (int first, int length, int head) = Sequences.Pair(pair);
            int width = Sequences.Width;
            nint columns = Sequences.Columns, wide = Sequences.RowColumns;
            float* row = Qkv + (first * wide);
            Prefetch.Rows(row + (head * width), wide * sizeof(float), length, width * sizeof(float));
            Prefetch.Rows(row + Sequences.KeyAt(head), wide * sizeof(float), length, width * sizeof(float));
            Prefetch.Rows(row + Sequences.ValueAt(head), wide * sizeof(float), length, width * sizeof(float));

            Prefetch.Rows(
                Y + (first * columns) + (head * width), columns * sizeof(float), length, width * sizeof(float));
        }

        public readonly void RunPair(int pair)
        {
            (int first, int length, int head) = Sequences.Pair(pair);
            int width = Sequences.Width;
            AttentionTiles<TTile> tiles = new(length, width);
            nint wide = Sequences.RowColumns;
            float* row = Qkv + (first * wide), q = row + (head * width);

            Layout layout = new();
            long queries = layout.Add((long)tiles.Block * tiles.Row);
            long queriesConverted = layout.Add((long)tiles.Block * tiles.Row);
            long keys = layout.Add(tiles.ColumnPanels);
            long values = layout.Add(tiles.RowPanels);
            long scores = layout.Add(tiles.Scores);
            long scoresConverted = layout.Add(tiles.Scores);
            long results = layout.Add((long)tiles.Block * tiles.Row);
            long bias = layout.Add(Bias.SpreadLength(length));
            float* s = Scratch.ForBlock(layout.Length);

            float* largest = stackalloc float[tiles.Block];
            float* divisors = stackalloc float[tiles.Block];
            int* firsts = stackalloc int[tiles.Block];
            tiles.PackColumns(row + Sequences.KeyAt(head), wide, s + keys);
            tiles.PackRows(row + Sequences.ValueAt(head), wide, length, s + values);
            Bias.Spread(head, length, s + bias);
            for (int start = 0; start < length; start += tiles.Block)
            {
                int count = Math.Min(tiles.Block, length - start);
                int from = Reach.First(start) / Panels.Columns * Panels.Columns;
                int reach = Reach.End(start + count - 1, length);
                Packing.Rows(q + (start * wide), wide, count, width, Scale, s + queries);
                tiles.Multiply(s + queries, count, s + queriesConverted, s + keys, from, reach, s + scores);

                for (int i = 0; Bias.IsThere && i < count; i++)
                {
                    Vectors.AddTo(
                        s + scores + ((long)i * tiles.Stride) + from,
                        DistanceBias.RowOf(s + bias, start + i, length) + from,
                        Reach.End(start + i, length) - from);
                }

                // Row by row in three loops: each row is a chain of dependent steps, and short ones let the processor
                // overlap rows.
                for (int i = 0; i < count; i++)
                {
                    float* seen = s + scores + ((long)i * tiles.Stride);
                    firsts[i] = AttentionRows.HideBefore(seen, from, Reach.First(start + i));
                    largest[i] = AttentionRows.Largest(
                        seen + firsts[i], Reach.End(start + i, length) - firsts[i]);
                }

                for (int i = 0; i < count; i++)
                {
                    divisors[i] = AttentionRows.Softmax(
                        s + scores + ((long)i * tiles.Stride) + firsts[i],
                        Reach.End(start + i, length) - firsts[i], reach - firsts[i], Mask,
                        AttentionRows.IndexOf(first + start + i, Sequences.Heads, head, firsts[i]),
                        largest[i]);
                }

                float* logSums = LogSums + ((first + start) * (long)Sequences.Heads) + head;
                for (int i = 0; i < count; i++)
                {
                    logSums[(long)i * Sequences.Heads] = largest[i] + MathF.Log(divisors[i]);
                }

                tiles.MultiplyKeys(
                    s + scores, count, s + scoresConverted, s + values, from, reach, s + results);
                float* y = Y + ((first + start) * (nint)Sequences.Columns) + (head * width);
                for (int i = 0; i < count; i++)
                {
                    Packing.Unpack(
                        s + results + ((long)i * tiles.Row), 1, width, 1 / divisors[i],
                        y + (i * (nint)Sequences.Columns), 0);
                }
            }
        }
    }
}
