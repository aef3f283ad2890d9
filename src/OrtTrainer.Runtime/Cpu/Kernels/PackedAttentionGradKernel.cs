using OrtTrainer.Graph;
using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>PackedAttentionGrad(dy [T, H], qkv [T, 3H], y [T, H], lse [T, heads], offsets [B + 1], key [2]) -> dqkv [T,
/// 3H]</c>, attributes as of <c>PackedAttention</c>. Makes P = e^(score - lse) again instead of keeping it (T. Dao et
/// al., FlashAttention, arXiv:2205.14135, appendix B.2): with delta = Σ dy · y of a row, dS = P · ((dy vᵀ) · dropout -
/// delta), dq = scale · dS k, dk = scale · dSᵀ q, dv = (P · dropout)ᵀ dy. Under the causal mask, blocks of queries go
/// from the last to the first: the last one reaches every key, and the others add to what they reach of it. With a
/// window no block reaches every key, so all of them add to zeros. <c>PackedBiasedAttentionGrad</c> takes
/// <c>relative [D, heads]</c> too and gives <c>drelative</c>: the sums of dS by distance, those of each sequence and
/// then of the batch. In <c>PackedSharedAttentionGrad</c> heads that share keys add to their gradients in turn.
/// </summary>
internal sealed unsafe class PackedAttentionGradKernel<TTile>(
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
            name,
            [
                ElementType.Float, ElementType.Float, ElementType.Float, ElementType.Float, ElementType.Int64,
                ElementType.Int64, .. relative,
            ],
            form == AttentionForm.Biased ? 2 : 1,
            attributes => new PackedAttentionGradKernel<TTile>(definition!, attributes, form));
    }

    public override void Compute(in KernelContext context)
    {
        KernelTensor dy = context.Input(0);
        KernelTensor qkv = context.Input(1);
        KernelTensor y = context.Input(2);
        KernelTensor logSums = context.Input(3);
        PackedSequences sequences = PackedSequences.Read(
            definition, qkv, context.Input(4), _attributes.Heads, _attributes.KeyHeads);
        Shapes.Require(definition, "dy", dy, sequences.Tokens, sequences.Columns);
        Shapes.Require(definition, "y", y, sequences.Tokens, sequences.Columns);
        Shapes.Require(definition, "lse", logSums, sequences.Tokens, sequences.Heads);
        DistanceBias bias = form == AttentionForm.Biased
            ? DistanceBias.Read(definition, context.Input(6), _attributes.Heads)
            : default;
        float* sums = bias.IsThere ? Scratch.ForSums((long)sequences.Pairs * bias.Rows) : null;
        context.ParallelFor(sequences.Blocks, new Pairs
        {
            Sequences = sequences,
            Dy = dy.Floats,
            Qkv = qkv.Floats,
            Y = y.Floats,
            LogSums = logSums.Floats,
            Dqkv = context.Output(0, qkv.Shape).Floats,
            Scale = _attributes.Scale,
            Reach = _reach,
            Mask = _attributes.Dropout.Mask(context.Input(5)),
            Bias = bias,
            Sums = sums,
        });
        if (bias.IsThere)
        {
            bias.Combine(sums, sequences.Count, context.Output(1, bias.Rows, _attributes.Heads).Floats);
        }
    }

    private struct Pairs : IBlocks, IAttentionPairs
    {
        public PackedSequences Sequences;
        public float* Dy;
        public float* Qkv;
        public float* Y;
        public float* LogSums;
        public float* Dqkv;
        public float Scale;
        public AttentionReach Reach;
        public DropoutMask Mask;
        public DistanceBias Bias;
        public float* Sums;

        public readonly void Run(int block) => Sequences.RunPairs(block, this);

        public readonly void Fetch(int pair)
        {
            (int first, int length, int head) = Sequences.Pair(pair);
            int width = Sequences.Width;
            nint columns = Sequences.Columns, wide = Sequences.RowColumns;
            ReadOnlySpan<nint> parts = [head * width, Sequences.KeyAt(head), Sequences.ValueAt(head)];
            foreach (nint part in parts)
            {
                nint offset = (first * wide) + part;
                Prefetch.Rows(Qkv + offset, wide * sizeof(float), length, width * sizeof(float));
                Prefetch.Rows(Dqkv + offset, wide * sizeof(float), length, width * sizeof(float));
            }

            Prefetch.Rows(
                Dy + (first * columns) + (head * width), columns * sizeof(float), length, width * sizeof(float));
            Prefetch.Rows(
                Y + (first * columns) + (head * width), columns * sizeof(float), length, width * sizeof(float));
        }

        public readonly void RunPair(int pair)
        {
            (int first, int length, int head) = Sequences.Pair(pair);
            int width = Sequences.Width;
            AttentionTiles<TTile> tiles = new(length, width);
            nint columns = Sequences.Columns, wide = Sequences.RowColumns;
            nint key = Sequences.KeyAt(head), value = Sequences.ValueAt(head);
            float* row = Qkv + (first * wide), q = row + (head * width);
            float* drow = Dqkv + (first * wide), dq = drow + (head * width);

            Layout layout = new();
            long blockRows = (long)tiles.Block * tiles.Row;
            long queries = layout.Add(blockRows);
            long dys = layout.Add(blockRows);
            long converted = layout.Add(blockRows);
            long packed = layout.Add(blockRows);
            long keys = layout.Add(tiles.ColumnPanels);
            long values = layout.Add(tiles.ColumnPanels);
            long keyRows = layout.Add(tiles.RowPanels);
            long scores = layout.Add(tiles.Scores);
            long gradients = layout.Add(tiles.Scores);
            long scoresConverted = layout.Add(tiles.Scores);
            long dqueries = layout.Add(blockRows);
            long dkeys = layout.Add((long)length * tiles.Row);
            long dvalues = layout.Add((long)length * tiles.Row);
            long bias = layout.Add(Bias.SpreadLength(length));
            long dbias = layout.Add(Bias.SpreadLength(length));
            float* s = Scratch.ForBlock(layout.Length);

            tiles.PackColumns(row + key, wide, s + keys);
            tiles.PackColumns(row + value, wide, s + values);
            tiles.PackRows(row + key, wide, length, s + keyRows);
            Bias.Spread(head, length, s + bias);
            new Span<float>(s + dbias, Bias.SpreadLength(length)).Clear();
            if (Reach.HasWindow)
            {
                new Span<float>(s + dkeys, length * tiles.Row).Clear();
                new Span<float>(s + dvalues, length * tiles.Row).Clear();
            }

            int blocks = (length + tiles.Block - 1) / tiles.Block;
            for (int done = 0; done < blocks; done++)
            {
                int start = (Reach.IsCausal ? blocks - 1 - done : done) * tiles.Block;
                int count = Math.Min(tiles.Block, length - start);
                int from = Reach.First(start) / Panels.Columns * Panels.Columns;
                int reach = Reach.End(start + count - 1, length);
                float* dy = Dy + ((first + start) * columns) + (head * width);
                float* y = Y + ((first + start) * columns) + (head * width);
                Packing.Rows(q + (start * wide), wide, count, width, Scale, s + queries);
                Packing.Rows(dy, columns, count, width, 1, s + dys);
                tiles.Multiply(s + queries, count, s + converted, s + keys, from, reach, s + scores);
                tiles.Multiply(s + dys, count, s + converted, s + values, from, reach, s + gradients);
                for (int i = 0; i < count; i++)
                {
                    int token = first + start + i;
                    float* score = s + scores + ((long)i * tiles.Stride);
                    float* gradient = s + gradients + ((long)i * tiles.Stride);
                    int end = Reach.End(start + i, length);
                    if (Bias.IsThere)
                    {
                        Vectors.AddTo(
                            score + from, DistanceBias.RowOf(s + bias, start + i, length) + from, end - from);
                    }

                    int vector = AttentionRows.HideBefore(score, from, Reach.First(start + i));
                    new Span<float>(gradient + from, vector - from).Clear();
                    AttentionRows.Gradient(
                        score + vector, gradient + vector, end - vector, reach - vector,
                        Mask, AttentionRows.IndexOf(token, Sequences.Heads, head, vector),
                        LogSums[((long)token * Sequences.Heads) + head],
                        AttentionRows.Dot(dy + (i * columns), y + (i * columns), width));
                    if (Bias.IsThere)
                    {
                        Vectors.AddTo(
                            DistanceBias.RowOf(s + dbias, start + i, length) + from, gradient + from, end - from);
                    }
                }

                // Queries are packed with the scale in them, so dk has it already; dq gets it on its way out.
                bool add = done > 0 || Reach.HasWindow;
                int rows = Lanes.RoundUp(width);
                tiles.PackRows(s + dys, rows, count, s + packed);
                tiles.MultiplyQueries(
                    s + scores, count, s + scoresConverted, s + packed, from, reach, s + dvalues, add);
                tiles.PackRows(s + queries, rows, count, s + packed);
                tiles.MultiplyQueries(
                    s + gradients, count, s + scoresConverted, s + packed, from, reach, s + dkeys, add);
                tiles.MultiplyKeys(
                    s + gradients, count, s + scoresConverted, s + keyRows, from, reach, s + dqueries);
                Unpack(s + dqueries, tiles.Row, count, width, Scale, dq + (start * wide), wide);
            }

            Bias.Gather(s + dbias, length, Sums + ((long)pair * Bias.Rows));
            if (Sequences.IsFirstOfItsKeys(head))
            {
                Unpack(s + dkeys, tiles.Row, length, width, 1, drow + key, wide);
                Unpack(s + dvalues, tiles.Row, length, width, 1, drow + value, wide);
            }
            else
            {
                Add(s + dkeys, tiles.Row, length, width, drow + key, wide);
                Add(s + dvalues, tiles.Row, length, width, drow + value, wide);
            }
        }

        private static void Add(float* source, int row, int count, int width, float* target, nint targetRow)
        {
            for (int i = 0; i < count; i++)
            {
                Vectors.AddTo(target + (i * targetRow), source + ((nint)i * row), width);
            }
        }

        private static void Unpack(
            float* source, int row, int count, int width, float scale, float* target, nint targetRow)
        {
            for (int i = 0; i < count; i++)
            {
                Packing.Unpack(source + ((nint)i * row), 1, width, scale, target + (i * targetRow), 0);
            }
        }
    }
}
