using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>DisentangledAttentionGrad(dy [T, H], qkv [T, 3H], relative [R, 2H], y [T, H], lse [T, heads], buckets [2P - 1],
/// offsets [B + 1], key [2]) -> dqkv [T, 3H], drelative [R, 2H]</c>, attributes as of <c>DisentangledAttention</c>. As
/// <c>PackedAttentionGrad</c>; the gradients of the scores are added up by distance too, for each query and for each
/// key, and those sums are multiplied with what their products were made of. All sequences share the relative
/// positions, so a thread takes a head of all of them, one sequence after the other: sums have one order, whatever the
/// number of threads.
/// </summary>
internal sealed unsafe class DisentangledAttentionGradKernel(KernelAttributes attributes) : Kernel
{
    private readonly AttentionAttributes _attributes = new(attributes);

    public static KernelDefinition Definition { get; } = new(
        "DisentangledAttentionGrad",
        [
            ElementType.Float, ElementType.Float, ElementType.Float, ElementType.Float, ElementType.Float,
            ElementType.Int64, ElementType.Int64, ElementType.Int64,
        ],
        2,
        attributes => new DisentangledAttentionGradKernel(attributes));

    public override void Compute(in KernelContext context)
    {
        KernelTensor dy = context.Input(0), qkv = context.Input(1), y = context.Input(3), logSums = context.Input(4);
        PackedSequences sequences = PackedSequences.Read(Definition, qkv, context.Input(6), _attributes.Heads);
        RelativePositions relative =
            RelativePositions.Read(Definition, context.Input(2), context.Input(5), sequences.Columns);
        Shapes.Require(Definition, "dy", dy, sequences.Tokens, sequences.Columns);
        Shapes.Require(Definition, "y", y, sequences.Tokens, sequences.Columns);
        Shapes.Require(Definition, "lse", logSums, sequences.Tokens, sequences.Heads);
        context.ParallelFor(sequences.Heads, new HeadBlocks
        {
            Sequences = sequences,
            Relative = relative,
            Dy = dy.Floats,
            Qkv = qkv.Floats,
            Y = y.Floats,
            LogSums = logSums.Floats,
            Dqkv = context.Output(0, qkv.Shape).Floats,
            Drelative = context.Output(1, relative.Rows, 2L * sequences.Columns).Floats,
            Scale = _attributes.Scale,
            Mask = _attributes.Dropout.Mask(context.Input(7)),
        });
    }

    private struct HeadBlocks : IBlocks
    {
        public PackedSequences Sequences;
        public RelativePositions Relative;
        public float* Dy;
        public float* Qkv;
        public float* Y;
        public float* LogSums;
        public float* Dqkv;
        public float* Drelative;
        public float Scale;
        public DropoutMask Mask;

        /// <summary>One head of all sequences.</summary>
        public readonly void Run(int block)
        {
            int longest = 0;
            for (int sequence = 0; sequence < Sequences.Count; sequence++)
            {
                longest = Math.Max(longest, Sequences.Pair((sequence * Sequences.Heads) + block).Length);
            }

            Parts parts = new(longest, Relative.Rows, Sequences.Width);
            float* s = Scratch.ForBlock(parts.Length);
            new Span<float>(s + parts.RelativeQueryGradients, parts.RelativeLength).Clear();
            new Span<float>(s + parts.RelativeKeyGradients, parts.RelativeLength).Clear();
            for (int sequence = 0; sequence < Sequences.Count; sequence++)
            {
                (int first, int length, int head) = Sequences.Pair((sequence * Sequences.Heads) + block);
                if (length > 0)
                {
                    Sequence(first, length, head, parts, s);
                }
            }

            // Products with queries have the scale in them already.
            nint columns = Sequences.Columns;
            int width = Sequences.Width;
            float* drelative = Drelative + (block * width);
            Packing.Unpack(s + parts.RelativeQueryGradients, Relative.Rows, width, Scale, drelative, 2 * columns);
            Packing.Unpack(s + parts.RelativeKeyGradients, Relative.Rows, width, 1, drelative + columns, 2 * columns);
        }

        private readonly void Sequence(int first, int length, int head, in Parts at, float* s)
        {
            int width = Sequences.Width, row = Lanes.RoundUp(width), stride = AttentionRows.Stride(length);
            int panel = Tile.PanelColumns, lengthRows = Up(length);
            nint columns = Sequences.Columns, wide = 3 * columns;
            float* q = Qkv + (first * wide) + (head * width);
            float* dq = Dqkv + (first * wide) + (head * width);
            (int firstRow, int reached) = Relative.RowsOf(length);
            int reachedRows = Up(reached), relativeStride = AttentionRows.Stride(reached);
            float* relative = Relative.Values + (firstRow * 2 * columns) + (head * width);

            Relative.Fill(length, firstRow, (int*)(s + at.Places));
            Packing.Rows(q + columns, wide, length, width, 1, s + at.Keys);
            Packing.Transposed(q + columns, wide, length, width, s + at.KeysAcross);
            Packing.Transposed(q + (2 * columns), wide, length, width, s + at.ValuesAcross);
            Packing.Rows(relative, 2 * columns, reached, width, Scale, s + at.RelativeQueries);
            Packing.Rows(relative + columns, 2 * columns, reached, width, 1, s + at.RelativeKeys);
            Packing.Transposed(relative + columns, 2 * columns, reached, width, s + at.RelativeKeysAcross);
            Tile.Multiply(
                s + at.RelativeQueries, row, 1, s + at.KeysAcross, panel * width, panel, s + at.ByKey, stride,
                reachedRows, Lanes.RoundUp(length), width, add: false);
            new Span<float>(s + at.ByKeyGradients, reachedRows * stride).Clear();
            for (int start = 0; start < length; start += AttentionRows.Block)
            {
                int count = Math.Min(AttentionRows.Block, length - start), rows = Up(count);
                float* dy = Dy + ((first + start) * columns) + (head * width);
                float* y = Y + ((first + start) * columns) + (head * width);
                Packing.Rows(q + (start * wide), wide, count, width, Scale, s + at.Queries);
                Packing.Rows(dy, columns, count, width, 1, s + at.Dys);
                Tile.Multiply(
                    s + at.Queries, row, 1, s + at.KeysAcross, panel * width, panel, s + at.Scores, stride, rows,
                    Lanes.RoundUp(length), width, add: false);
                Tile.Multiply(
                    s + at.Queries, row, 1, s + at.RelativeKeysAcross, panel * width, panel, s + at.ByQuery,
                    relativeStride, rows, Lanes.RoundUp(reached), width, add: false);
                Tile.Multiply(
                    s + at.Dys, row, 1, s + at.ValuesAcross, panel * width, panel, s + at.Gradients, stride, rows,
                    Lanes.RoundUp(length), width, add: false);
                for (int i = 0; i < count; i++)
                {
                    int token = first + start + i;
                    int* places = (int*)(s + at.Places) + start + i + length - 1;
                    float* score = s + at.Scores + ((long)i * stride), gradient = s + at.Gradients + ((long)i * stride);
                    float* byQuery = s + at.ByQuery + ((long)i * relativeStride);
                    DisentangledRows.Add(score, byQuery, s + at.ByKey, stride, places, length);
                    AttentionRows.Gradient(
                        score, gradient, length, length, Mask, AttentionRows.IndexOf(token, Sequences.Heads, head, 0),
                        LogSums[((long)token * Sequences.Heads) + head],
                        AttentionRows.Dot(dy + (i * columns), y + (i * columns), width));
                    new Span<float>(byQuery, relativeStride).Clear();
                    DisentangledRows.AddGradient(gradient, byQuery, s + at.ByKeyGradients, stride, places, length);
                }

                bool add = start > 0;
                Tile.Multiply(
                    s + at.Scores, 1, stride, s + at.Dys, panel, row, s + at.ValueGradients, row, lengthRows, row,
                    count, add);
                Tile.Multiply(
                    s + at.Gradients, 1, stride, s + at.Queries, panel, row, s + at.KeyGradients, row, lengthRows, row,
                    count, add);
                Tile.Multiply(
                    s + at.Gradients, stride, 1, s + at.Keys, panel, row, s + at.QueryGradients, row, rows, row, length,
                    add: false);
                Tile.Multiply(
                    s + at.ByQuery, relativeStride, 1, s + at.RelativeKeys, panel, row, s + at.QueryGradients, row,
                    rows, row, reached, add: true);
                Tile.Multiply(
                    s + at.ByQuery, 1, relativeStride, s + at.Queries, panel, row,
                    s + at.RelativeKeyGradients + ((long)firstRow * row), row, reachedRows, row, count, add: true);
                Packing.Unpack(s + at.QueryGradients, count, width, Scale, dq + (start * wide), wide);
            }

            Tile.Multiply(
                s + at.ByKeyGradients, 1, stride, s + at.RelativeQueries, panel, row, s + at.KeyGradients, row,
                lengthRows, row, reached, add: true);
            Tile.Multiply(
                s + at.ByKeyGradients, stride, 1, s + at.Keys, panel, row,
                s + at.RelativeQueryGradients + ((long)firstRow * row), row, reachedRows, row, length, add: true);
            Packing.Unpack(s + at.KeyGradients, length, width, 1, dq + columns, wide);
            Packing.Unpack(s + at.ValueGradients, length, width, 1, dq + (2 * columns), wide);
        }

        private static int Up(int rows) => (rows + Tile.Rows - 1) / Tile.Rows * Tile.Rows;
    }

    /// <summary>Where the matrices of a head lie in its scratch memory, for the longest sequence.</summary>
    private readonly struct Parts
    {
        public Parts(int longest, int relativeRows, int width)
        {
            const int block = AttentionRows.Block, panel = Tile.PanelColumns;
            int row = Lanes.RoundUp(width), stride = AttentionRows.Stride(longest);
            int relativeStride = AttentionRows.Stride(relativeRows);
            int keyRows = Lanes.RoundUp(longest), rows = Lanes.RoundUp(relativeRows);
            Layout layout = new();
            RelativeLength = (rows + Tile.Rows) * row;
            Places = layout.Add(2L * longest);
            Queries = layout.Add((long)block * row);
            Dys = layout.Add((long)block * row);
            Keys = layout.Add((long)keyRows * row);
            KeysAcross = layout.Add((long)(longest + panel) * width);
            ValuesAcross = layout.Add((long)(longest + panel) * width);
            RelativeQueries = layout.Add((long)rows * row);
            RelativeKeys = layout.Add((long)rows * row);
            RelativeKeysAcross = layout.Add((long)(relativeRows + panel) * width);
            ByKey = layout.Add((long)rows * stride);
            ByKeyGradients = layout.Add((long)rows * stride);
            ByQuery = layout.Add((long)block * relativeStride);
            Scores = layout.Add((long)block * stride);
            Gradients = layout.Add((long)block * stride);
            QueryGradients = layout.Add((long)block * row);
            KeyGradients = layout.Add((long)keyRows * row);
            ValueGradients = layout.Add((long)keyRows * row);
            RelativeQueryGradients = layout.Add(RelativeLength);
            RelativeKeyGradients = layout.Add(RelativeLength);
            Length = layout.Length;
        }

        public long Places { get; }

        public long Queries { get; }

        public long Dys { get; }

        public long Keys { get; }

        public long KeysAcross { get; }

        public long ValuesAcross { get; }

        public long RelativeQueries { get; }

        public long RelativeKeys { get; }

        public long RelativeKeysAcross { get; }

        /// <summary>Products of the queries of relative positions with the keys.</summary>
        public long ByKey { get; }

        public long ByKeyGradients { get; }

        /// <summary>Products of queries with the keys of relative positions; then their gradients.</summary>
        public long ByQuery { get; }

        public long Scores { get; }

        public long Gradients { get; }

        public long QueryGradients { get; }

        public long KeyGradients { get; }

        public long ValueGradients { get; }

        public long RelativeQueryGradients { get; }

        public long RelativeKeyGradients { get; }

        /// <summary>Floats of each of the two, with room for a tile that ends behind the last row.</summary>
        public int RelativeLength { get; }

        /// <summary>Floats in all.</summary>
        public long Length { get; }
    }
}
