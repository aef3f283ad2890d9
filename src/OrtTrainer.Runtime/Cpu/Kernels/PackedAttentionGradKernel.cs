using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>PackedAttentionGrad(dy [T, H], qkv [T, 3H], y [T, H], lse [T, heads], offsets [B + 1], key [2]) -> dqkv [T,
/// 3H]</c>, attributes as of <c>PackedAttention</c>. Makes P = e^(score - lse) again instead of keeping it (T. Dao et
/// al., FlashAttention, arXiv:2205.14135, appendix B.2): with delta = Σ dy · y of a row, dS = P · ((dy vᵀ) · dropout -
/// delta), dq = scale · dS k, dk = scale · dSᵀ q, dv = (P · dropout)ᵀ dy. Under the causal mask, blocks of queries go
/// from the last to the first: the last one reaches every key, and the others add to what they reach of it. With a
/// window no block reaches every key, so all of them add to zeros. <c>PackedBiasedAttentionGrad</c> takes
/// <c>relative [D, heads]</c> too and gives <c>drelative</c>: the sums of dS by distance, those of each sequence and
/// then of the batch.
/// </summary>
internal sealed unsafe class PackedAttentionGradKernel(KernelAttributes attributes, bool isBiased) : Kernel
{
    private readonly AttentionAttributes _attributes = new(attributes);
    private readonly AttentionReach _reach = AttentionReach.Of(attributes);

    public static KernelDefinition Definition { get; } = new(
        "PackedAttentionGrad",
        [
            ElementType.Float, ElementType.Float, ElementType.Float, ElementType.Float, ElementType.Int64,
            ElementType.Int64,
        ],
        1,
        attributes => new PackedAttentionGradKernel(attributes, isBiased: false));

    public static KernelDefinition Biased { get; } = new(
        "PackedBiasedAttentionGrad", [.. Definition.InputTypes, ElementType.Float], 2,
        attributes => new PackedAttentionGradKernel(attributes, isBiased: true));

    public override void Compute(in KernelContext context)
    {
        KernelTensor dy = context.Input(0);
        KernelTensor qkv = context.Input(1);
        KernelTensor y = context.Input(2);
        KernelTensor logSums = context.Input(3);
        KernelDefinition definition = isBiased ? Biased : Definition;
        PackedSequences sequences = PackedSequences.Read(definition, qkv, context.Input(4), _attributes.Heads);
        Shapes.Require(definition, "dy", dy, sequences.Tokens, sequences.Columns);
        Shapes.Require(definition, "y", y, sequences.Tokens, sequences.Columns);
        Shapes.Require(definition, "lse", logSums, sequences.Tokens, sequences.Heads);
        DistanceBias bias = isBiased ? DistanceBias.Read(definition, context.Input(6), _attributes.Heads) : default;
        float* sums = bias.IsThere ? Scratch.ForSums((long)sequences.Pairs * bias.Rows) : null;
        context.ParallelFor(sequences.Pairs, new Pairs
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

    private struct Pairs : IBlocks
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

        public readonly void Run(int block)
        {
            (int first, int length, int head) = Sequences.Pair(block);
            int width = Sequences.Width, row = Lanes.RoundUp(width), stride = AttentionRows.Stride(length);
            int panel = Tile.PanelColumns;
            nint columns = Sequences.Columns, wide = 3 * columns;
            float* q = Qkv + (first * wide) + (head * width);
            float* dq = Dqkv + (first * wide) + (head * width);

            Layout layout = new();
            long queries = layout.Add((long)AttentionRows.Block * row);
            long dys = layout.Add((long)AttentionRows.Block * row);
            long keys = layout.Add((long)length * row);
            long keysAcross = layout.Add((long)(length + panel) * width);
            long valuesAcross = layout.Add((long)(length + panel) * width);
            long scores = layout.Add((long)AttentionRows.Block * stride);
            long gradients = layout.Add((long)AttentionRows.Block * stride);
            long dqueries = layout.Add((long)AttentionRows.Block * row);
            long dkeys = layout.Add((long)Lanes.RoundUp(length) * row);
            long dvalues = layout.Add((long)Lanes.RoundUp(length) * row);
            long bias = layout.Add(Bias.SpreadLength(length));
            long dbias = layout.Add(Bias.SpreadLength(length));
            float* s = Scratch.ForBlock(layout.Length);

            Packing.Rows(q + columns, wide, length, width, 1, s + keys);
            Packing.Transposed(q + columns, wide, length, width, s + keysAcross);
            Packing.Transposed(q + (2 * columns), wide, length, width, s + valuesAcross);
            Bias.Spread(head, length, s + bias);
            new Span<float>(s + dbias, Bias.SpreadLength(length)).Clear();
            if (Reach.HasWindow)
            {
                new Span<float>(s + dkeys, Lanes.RoundUp(length) * row).Clear();
                new Span<float>(s + dvalues, Lanes.RoundUp(length) * row).Clear();
            }

            int blocks = (length + AttentionRows.Block - 1) / AttentionRows.Block;
            for (int done = 0; done < blocks; done++)
            {
                int start = (Reach.IsCausal ? blocks - 1 - done : done) * AttentionRows.Block;
                int count = Math.Min(AttentionRows.Block, length - start);
                int from = Reach.First(start) / panel * panel;
                int reach = Reach.End(start + count - 1, length);
                int rows = (count + Tile.Rows - 1) / Tile.Rows * Tile.Rows;
                int keyRows = (reach + Tile.Rows - 1) / Tile.Rows * Tile.Rows;
                float* dy = Dy + ((first + start) * columns) + (head * width);
                float* y = Y + ((first + start) * columns) + (head * width);
                Packing.Rows(q + (start * wide), wide, count, width, Scale, s + queries);
                Packing.Rows(dy, columns, count, width, 1, s + dys);
                Tile.Multiply(
                    s + queries, row, 1, s + keysAcross + ((long)from * width), panel * width, panel, s + scores + from,
                    stride, rows, Lanes.RoundUp(reach) - from, width, add: false);
                Tile.Multiply(
                    s + dys, row, 1, s + valuesAcross + ((long)from * width), panel * width, panel,
                    s + gradients + from, stride, rows, Lanes.RoundUp(reach) - from, width, add: false);
                for (int i = 0; i < count; i++)
                {
                    int token = first + start + i;
                    float* score = s + scores + ((long)i * stride), gradient = s + gradients + ((long)i * stride);
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
                Tile.Multiply(
                    s + scores + from, 1, stride, s + dys, panel, row, s + dvalues + ((long)from * row), row,
                    keyRows - from, row, count, add);
                Tile.Multiply(
                    s + gradients + from, 1, stride, s + queries, panel, row, s + dkeys + ((long)from * row), row,
                    keyRows - from, row, count, add);
                Tile.Multiply(
                    s + gradients + from, stride, 1, s + keys + ((long)from * row), panel, row, s + dqueries, row, rows,
                    row, reach - from, add: false);
                Packing.Unpack(s + dqueries, count, width, Scale, dq + (start * wide), wide);
            }

            Bias.Gather(s + dbias, length, Sums + ((long)block * Bias.Rows));
            Packing.Unpack(s + dkeys, length, width, 1, dq + columns, wide);
            Packing.Unpack(s + dvalues, length, width, 1, dq + (2 * columns), wide);
        }
    }
}
