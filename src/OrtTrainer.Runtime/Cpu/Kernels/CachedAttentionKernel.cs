using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>CachedAttention(qkv [T, C], offsets [B + 1], cached [B], keys [B, P, K, D], values [B, P, K, D]) -> y [T, H],
/// keys, values</c>, attributes <c>heads</c>, <c>scale</c> and <c>window</c>: the newest tokens of B texts attend to
/// all so far. Keys and values that come back in the memory they lie in are written for the newest tokens alone. A
/// query's sums are made key by key, whatever else runs beside it, so that a text has the same bits however it is cut
/// into runs, and in any company.
/// </summary>
internal sealed unsafe class CachedAttentionKernel : Kernel
{
    private readonly int _heads;
    private readonly float _scale;
    private readonly int _window;

    private CachedAttentionKernel(KernelAttributes attributes)
    {
        _scale = attributes.Float("scale");
        (long heads, long window) = (attributes.Int("heads"), attributes.Int("window"));
        if (heads is < 1 or > 65_536)
        {
            throw new ArgumentException($"heads is {heads}; expected 1 to 65536.");
        }

        if (window is < -1 or > int.MaxValue)
        {
            throw new ArgumentException($"window is {window}; expected -1 (none) to 2^31 - 1.");
        }

        (_heads, _window) = ((int)heads, (int)window);
    }

    public static KernelDefinition Definition { get; } = new(
        "CachedAttention",
        [ElementType.Float, ElementType.Int64, ElementType.Int64, ElementType.Float, ElementType.Float], 3,
        attributes => new CachedAttentionKernel(attributes));

    public override void Compute(in KernelContext context)
    {
        KernelTensor qkv = context.Input(0);
        CachedTexts texts = CachedTexts.Read(
            Definition, qkv, context.Input(1), context.Input(2), context.Input(3), context.Input(4), _heads);
        float* keys = Kept(context, 3, 1), values = Kept(context, 4, 2);
        texts.Append(qkv.Floats + texts.QueryColumns, keys);
        texts.Append(qkv.Floats + texts.QueryColumns + texts.Row, values);
        long pairs = (long)texts.Tokens * _heads;
        context.ParallelFor(checked((int)pairs), 2 * pairs * texts.Width * texts.Longest, new Pairs
        {
            Texts = texts,
            Queries = qkv.Floats,
            Keys = keys,
            Values = values,
            Y = context.Output(0, texts.Tokens, texts.QueryColumns).Floats,
            Scale = _scale,
            Window = _window,
        });
    }

    /// <summary>The output in which a part of the cache goes on, with what it holds.</summary>
    private static float* Kept(in KernelContext context, int input, int output)
    {
        KernelTensor cache = context.Input(input);
        float* kept = context.Output(output, cache.Shape).Floats;
        if (kept != cache.Floats)
        {
            long bytes = cache.Length * sizeof(float);
            Buffer.MemoryCopy(cache.Floats, kept, bytes, bytes);
        }

        return kept;
    }

    private struct Pairs : IBlocks
    {
        public CachedTexts Texts;
        public float* Queries;
        public float* Keys;
        public float* Values;
        public float* Y;
        public float Scale;
        public int Window;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(int block)
        {
            (int token, int head) = (block / Texts.Heads, block % Texts.Heads);
            (int text, int place) = Texts.PlaceOf(token);
            int first = Window < 0 ? 0 : Math.Max(0, place - Window), length = place + 1 - first;
            (int width, nint row) = (Texts.Width, Texts.Row);
            long start = Texts.Start(text, first, head);
            float* q = Queries + ((long)token * Texts.Columns) + (head * width);
            float* scores = Scratch.ForBlock(Lanes.RoundUp(length));
            float* key = Keys + start;
            for (int j = 0; j < length; j++, key += row)
            {
                scores[j] = Scale * AttentionRows.Dot(q, key, width);
            }

            float sum = AttentionRows.Softmax(
                scores, length, length, default, 0, AttentionRows.Largest(scores, length));
            Mix(scores, length, 1 / sum, Values + start, row, Y + ((long)token * Texts.QueryColumns) + (head * width));
        }

        /// <summary>y = factor · Σ weights value, four vectors at a time so that no sum waits for itself.</summary>
        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Mix(float* weights, int length, float factor, float* values, nint row, float* y)
        {
            int width = Texts.Width, column = 0;
            for (; column <= width - (4 * Lanes.Count); column += 4 * Lanes.Count)
            {
                Vector512<float> a = default, b = default, c = default, d = default;
                float* value = values + column;
                for (int j = 0; j < length; j++, value += row)
                {
                    Vector512<float> weight = Vector512.Create(weights[j]);
                    a = Vector512.FusedMultiplyAdd(weight, Vector512.Load(value), a);
                    b = Vector512.FusedMultiplyAdd(weight, Vector512.Load(value + Lanes.Count), b);
                    c = Vector512.FusedMultiplyAdd(weight, Vector512.Load(value + (2 * Lanes.Count)), c);
                    d = Vector512.FusedMultiplyAdd(weight, Vector512.Load(value + (3 * Lanes.Count)), d);
                }

                (a * factor).Store(y + column);
                (b * factor).Store(y + column + Lanes.Count);
                (c * factor).Store(y + column + (2 * Lanes.Count));
                (d * factor).Store(y + column + (3 * Lanes.Count));
            }

            for (; column < width; column += Lanes.Count)
            {
                int count = Math.Min(Lanes.Count, width - column);
                Vector512<float> a = default;
                float* value = values + column;
                for (int j = 0; j < length; j++, value += row)
                {
                    Vector512<float> read = count == Lanes.Count ? Vector512.Load(value) : Lanes.Load(value, count);
                    a = Vector512.FusedMultiplyAdd(Vector512.Create(weights[j]), read, a);
                }

                if (count == Lanes.Count)
                {
                    (a * factor).Store(y + column);
                }
                else
                {
                    Lanes.Store(a * factor, y + column, count);
                }
            }
        }
    }
}
