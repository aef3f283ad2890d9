using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// The gradient of layer normalization, with n = (z - mean) · invstd and g = dy · gamma:
/// dz = invstd · (g - average(g) - n · average(g · n)), dgamma = Σ dy · n and dbeta = Σ dy over the rows. Where a
/// mask is active, it also gives dx = dz · mask, the gradient of what was dropped out and added to form z.
/// </summary>
internal unsafe struct NormGradient : IBlocks
{
    public float* Dy;
    public float* Z;
    public float* Gamma;
    public float* Mean;
    public float* Invstd;

    /// <summary>Added to dz, [N, H]; null for nothing.</summary>
    public float* Residual;

    /// <summary>[N, H].</summary>
    public float* Dz;

    /// <summary>[N, H]; null where the operator has no dropout.</summary>
    public float* Dx;

    public int Rows;
    public int Columns;
    public DropoutMask Mask;

    /// <summary>What the normalized rows were dropped out by, so that dy · mask is their gradient.</summary>
    public DropoutMask MaskOfDy;

    // Per block of rows: dgamma, then dbeta, each of a whole number of vectors.
    private float* _partials;

    private readonly int Stride => Lanes.RoundUp(Columns);

    /// <summary>Takes in what is alike in the operators with this gradient: dy, the tensor that was normalized, gamma,
    /// mean and invstd, inputs 0 to 4. Its outputs are still to be set.</summary>
    /// <param name="definition">The operator, for messages.</param>
    /// <param name="normalized">What it calls the tensor that was normalized.</param>
    /// <param name="context">The node's run.</param>
    public static NormGradient Of(KernelDefinition definition, string normalized, in KernelContext context)
    {
        KernelTensor dy = context.Input(0);
        (int rows, int columns) = Shapes.Matrix(definition, "dy", dy);
        KernelTensor z = context.Input(1);
        KernelTensor gamma = context.Input(2);
        KernelTensor mean = context.Input(3);
        KernelTensor invstd = context.Input(4);
        Shapes.Require(definition, normalized, z, rows, columns);
        Shapes.Require(definition, "gamma", gamma, columns);
        Shapes.Require(definition, "mean", mean, rows);
        Shapes.Require(definition, "invstd", invstd, rows);
        return new NormGradient
        {
            Dy = dy.Floats,
            Z = z.Floats,
            Gamma = gamma.Floats,
            Mean = mean.Floats,
            Invstd = invstd.Floats,
            Rows = rows,
            Columns = columns,
        };
    }

    /// <summary>Computes all of it.</summary>
    /// <param name="context">The node's run.</param>
    /// <param name="dgamma">[H].</param>
    /// <param name="dbeta">[H].</param>
    public void Compute(in KernelContext context, float* dgamma, float* dbeta)
    {
        int blocks = RowBlocks.Count(Rows);
        int stride = Stride;
        _partials = Scratch.ForCall(2L * stride * blocks);
        context.ParallelFor(blocks, this);
        RowBlocks.Combine(_partials, blocks, 2 * stride, dgamma, Columns);
        RowBlocks.Combine(_partials + stride, blocks, 2 * stride, dbeta, Columns);
    }

    public readonly void Run(int block)
    {
        float* dgamma = _partials + (2L * Stride * block);
        new Span<float>(dgamma, 2 * Stride).Clear();
        (int first, int end) = RowBlocks.Range(block, Rows);
        float* kept = MaskOfDy.IsActive ? Scratch.ForBlock(Stride) : null;
        for (int row = first; row < end; row++)
        {
            long start = (long)row * Columns;
            float* dy = Dy + start;
            if (kept != null)
            {
                MaskOfDy.Multiply(dy, kept, start, Columns);
                dy = kept;
            }

            Row(row, dy, dgamma, dgamma + Stride);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private readonly void Row(int row, float* dy, float* dgamma, float* dbeta)
    {
        long start = (long)row * Columns;
        float* z = Z + start;
        int whole = Columns & -Lanes.Count;
        int rest = Columns - whole;
        Vector512<float> mean = Vector512.Create(Mean[row]);
        Vector512<float> invstd = Vector512.Create(Invstd[row]);
        Vector512<float> sumG = default, sumGn = default;
        for (int i = 0; i < whole; i += Lanes.Count)
        {
            Vector512<float> d = Vector512.Load(dy + i);
            Vector512<float> n = (Vector512.Load(z + i) - mean) * invstd;
            Vector512<float> g = d * Vector512.Load(Gamma + i);
            sumG += g;
            sumGn = Vector512.FusedMultiplyAdd(g, n, sumGn);
            Vector512.FusedMultiplyAdd(d, n, Vector512.Load(dgamma + i)).Store(dgamma + i);
            (Vector512.Load(dbeta + i) + d).Store(dbeta + i);
        }

        Vector512<float> lastG = default, lastN = default;
        if (rest > 0)
        {
            // The sums' rows end on a whole vector; the lanes behind the columns are never read, and dy is zero there.
            Vector512<float> d = Lanes.Load(dy + whole, rest);
            lastN = (Lanes.Load(z + whole, rest) - mean) * invstd;
            lastG = d * Lanes.Load(Gamma + whole, rest);
            sumG += lastG;
            sumGn = Vector512.FusedMultiplyAdd(lastG, lastN, sumGn);
            Vector512.FusedMultiplyAdd(d, lastN, Vector512.Load(dgamma + whole)).Store(dgamma + whole);
            (Vector512.Load(dbeta + whole) + d).Store(dbeta + whole);
        }

        Vector512<float> averageG = Vector512.Create(Vector512.Sum(sumG) / Columns);
        Vector512<float> averageGn = Vector512.Create(Vector512.Sum(sumGn) / Columns);
        Vector512<uint> index = Lanes.Index + Vector512.Create((uint)start);
        bool masked = Mask.IsActive;
        for (int i = 0; i < whole; i += Lanes.Count)
        {
            Vector512<float> n = (Vector512.Load(z + i) - mean) * invstd;
            Vector512<float> g = Vector512.Load(dy + i) * Vector512.Load(Gamma + i);
            Vector512<float> dz = (g - averageG - (n * averageGn)) * invstd;
            if (Residual != null)
            {
                dz += Vector512.Load(Residual + start + i);
            }

            dz.Store(Dz + start + i);
            if (Dx != null)
            {
                (masked ? dz * Mask.Factors(index) : dz).Store(Dx + start + i);
                index += Vector512.Create((uint)Lanes.Count);
            }
        }

        if (rest > 0)
        {
            Vector512<float> dz = (lastG - averageG - (lastN * averageGn)) * invstd;
            if (Residual != null)
            {
                dz += Lanes.Load(Residual + start + whole, rest);
            }

            Lanes.Store(dz, Dz + start + whole, rest);
            if (Dx != null)
            {
                Lanes.Store(masked ? dz * Mask.Factors(index) : dz, Dx + start + whole, rest);
            }
        }
    }
}
