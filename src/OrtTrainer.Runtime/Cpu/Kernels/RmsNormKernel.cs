using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>RmsNorm(x [N, H], gamma [H]) -> y [N, H], invrms [N]</c>, attribute <c>epsilon</c>: rows over the root of their
/// mean square.
/// </summary>
internal sealed unsafe class RmsNormKernel(KernelAttributes attributes) : Kernel
{
    private readonly float _epsilon = attributes.Float("epsilon");

    public static KernelDefinition Definition { get; } = new(
        "RmsNorm", [ElementType.Float, ElementType.Float], 2, attributes => new RmsNormKernel(attributes));

    public override void Compute(in KernelContext context)
    {
        KernelTensor x = context.Input(0);
        (int rows, int columns) = Shapes.Matrix(Definition, "x", x);
        KernelTensor gamma = context.Input(1);
        Shapes.Require(Definition, "gamma", gamma, columns);
        context.ParallelFor(RowBlocks.Count(rows), new Blocks
        {
            X = x.Floats,
            Gamma = gamma.Floats,
            Y = context.Output(0, rows, columns).Floats,
            Invrms = context.Output(1, rows).Floats,
            Rows = rows,
            Columns = columns,
            Epsilon = _epsilon,
        });
    }

    private struct Blocks : IBlocks
    {
        public float* X;
        public float* Gamma;
        public float* Y;
        public float* Invrms;
        public int Rows;
        public int Columns;
        public float Epsilon;

        public readonly void Run(int block)
        {
            (int first, int end) = RowBlocks.Range(block, Rows);
            for (int row = first; row < end; row++)
            {
                float* x = X + ((long)row * Columns);
                Invrms[row] = 1 / MathF.Sqrt((Squares(x) / Columns) + Epsilon);
                Scale(x, Y + ((long)row * Columns), Invrms[row]);
            }
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly float Squares(float* x)
        {
            // Two sums, so that an addition need not wait for the one before it.
            Vector512<float> even = default, odd = default;
            int i = 0;
            for (; i <= Columns - (2 * Lanes.Count); i += 2 * Lanes.Count)
            {
                Vector512<float> a = Vector512.Load(x + i), b = Vector512.Load(x + i + Lanes.Count);
                even = Vector512.FusedMultiplyAdd(a, a, even);
                odd = Vector512.FusedMultiplyAdd(b, b, odd);
            }

            for (; i < Columns; i += Lanes.Count)
            {
                int count = Math.Min(Lanes.Count, Columns - i);
                Vector512<float> a = count == Lanes.Count ? Vector512.Load(x + i) : Lanes.Load(x + i, count);
                even = Vector512.FusedMultiplyAdd(a, a, even);
            }

            return Vector512.Sum(even + odd);
        }

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        private readonly void Scale(float* x, float* y, float invrms)
        {
            Vector512<float> scale = Vector512.Create(invrms);
            int i = 0;
            for (; i <= Columns - Lanes.Count; i += Lanes.Count)
            {
                (Vector512.Load(x + i) * scale * Vector512.Load(Gamma + i)).Store(y + i);
            }

            if (Columns - i is > 0 and var rest)
            {
                Lanes.Store(Lanes.Load(x + i, rest) * scale * Lanes.Load(Gamma + i, rest), y + i, rest);
            }
        }
    }
}
