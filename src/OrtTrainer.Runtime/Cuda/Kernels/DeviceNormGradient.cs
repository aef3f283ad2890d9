using ILGPU;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Runtime.Cuda.Launching;

namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>
/// The gradient of layer normalization on a device, by the formulas of <see cref="NormGradient"/>: one warp to each
/// row of dz, then one thread to each column of a block of rows for dgamma and dbeta.
/// </summary>
internal static class DeviceNormGradient
{
    private static readonly DeviceKernel RowGradients = new(Rows);
    private static readonly DeviceKernel BlockSums = new(SumBlocks);

    /// <summary>No mask: every element is kept.</summary>
    private static readonly DeviceMask Whole = new(0, 0, threshold: 0, scale: 1);

    public static IReadOnlyList<DeviceKernel> Kernels => [RowGradients, BlockSums];

    public static IEnumerable<KernelDefinition> Define(IOperatorDevice device) =>
    [
        .. LayerNormGradKernel.Definitions.Select(cpu =>
            cpu with { Provider = device.Provider, Create = _ => new OfLayerNorm(device, cpu) }),
        DropoutAddLayerNormGradKernel.Definition with
        {
            Provider = device.Provider,
            Create = attributes => new OfDropoutAddLayerNorm(device, attributes),
        },
        EmbeddingNormGradKernel.Definition with
        {
            Provider = device.Provider,
            Create = attributes => new OfEmbeddingNorm(device, attributes),
        },
    ];

    /// <summary>
    /// dz = invstd (g - average(g) - n average(g n)) [+ residual] with g = dy maskOfDy gamma, and dx = dz mask; a
    /// residual or dx without elements is none.
    /// </summary>
    public static void Rows(
        ArrayView<float> dy, ArrayView<float> z, ArrayView<float> gamma, ArrayView<float> mean,
        ArrayView<float> invstd, ArrayView<float> residual, ArrayView<float> dz, ArrayView<float> dx, int rows,
        int columns, ArrayView<long> key, DeviceMask siteOfDy, DeviceMask site)
    {
        int row = DeviceThread.Row;
        if (row >= rows)
        {
            return;
        }

        DeviceMask maskOfDy = siteOfDy.At(key), mask = site.At(key);
        long start = (long)row * columns;
        float middle = mean[row], scale = invstd[row], sumG = 0, sumGn = 0;
        for (int i = DeviceThread.Lane; i < columns; i += Warp.WarpSize)
        {
            float g = dy[start + i] * maskOfDy.Factor((uint)(start + i)) * gamma[i];
            sumG += g;
            sumGn += g * ((z[start + i] - middle) * scale);
        }

        float averageG = DeviceThread.WarpSum(sumG) / columns, averageGn = DeviceThread.WarpSum(sumGn) / columns;
        for (int i = DeviceThread.Lane; i < columns; i += Warp.WarpSize)
        {
            float g = dy[start + i] * maskOfDy.Factor((uint)(start + i)) * gamma[i];
            float n = (z[start + i] - middle) * scale;
            float gradient = (g - averageG - (n * averageGn)) * scale;
            if (residual.Length > 0)
            {
                gradient += residual[start + i];
            }

            dz[start + i] = gradient;
            if (dx.Length > 0)
            {
                dx[start + i] = gradient * mask.Factor((uint)(start + i));
            }
        }
    }

    /// <summary>Partial sums [blocks, columns] of dgamma = Σ dy n and dbeta = Σ dy, with dy dropped out.</summary>
    public static void SumBlocks(
        ArrayView<float> dy, ArrayView<float> z, ArrayView<float> mean, ArrayView<float> invstd,
        ArrayView<float> dgamma, ArrayView<float> dbeta, int rows, int columns, ArrayView<long> key,
        DeviceMask siteOfDy)
    {
        DeviceMask maskOfDy = siteOfDy.At(key);
        long column = DeviceThread.Element;
        if (column < columns)
        {
            int first = Grid.IdxY * RowBlocks.Rows;
            float gammaSum = 0, betaSum = 0;
            for (int row = first; row < rows && row < first + RowBlocks.Rows; row++)
            {
                long at = ((long)row * columns) + column;
                float d = dy[at] * maskOfDy.Factor((uint)at);
                gammaSum += d * ((z[at] - mean[row]) * invstd[row]);
                betaSum += d;
            }

            dgamma[((long)Grid.IdxY * columns) + column] = gammaSum;
            dbeta[((long)Grid.IdxY * columns) + column] = betaSum;
        }
    }

    // Inputs 0 to 4 are dy, what was normalized, gamma, mean and invstd, in all operators.
    private static (int Rows, int Columns) Check(in DeviceRun run, KernelDefinition cpu, string normalized)
    {
        (int rows, int columns) = Shapes.Matrix(cpu, "dy", run.Input(0));
        Shapes.Require(cpu, normalized, run.Input(1), rows, columns);
        Shapes.Require(cpu, "gamma", run.Input(2), columns);
        Shapes.Require(cpu, "mean", run.Input(3), rows);
        Shapes.Require(cpu, "invstd", run.Input(4), rows);
        return (rows, columns);
    }

    // dgamma and dbeta are the outputs behind those of rows.
    private static void Launch(
        in DeviceRun run, int rows, int columns, KernelArgument residual, KernelArgument dz, KernelArgument dx,
        int dgamma, KernelArgument key, DeviceMask maskOfDy, DeviceMask mask)
    {
        run.Launch(
            RowGradients, run.Group.GroupsOfWarps(rows), run.Floats(0), run.Floats(1), run.Floats(2), run.Floats(3),
            run.Floats(4), residual, dz, dx, rows, columns, key, maskOfDy, mask);

        int blocks = RowBlocks.Count(rows);
        long sums = (long)blocks * columns;
        using DeviceScratch scratch = run.Scratch(2 * sums * sizeof(float));
        KernelArgument gammaSums = scratch.Floats(0, sums), betaSums = scratch.Floats(sums, sums);
        run.Launch(
            BlockSums, new GridSize(run.Group.GroupsOfThreads(columns), blocks), run.Floats(0), run.Floats(1),
            run.Floats(3), run.Floats(4), gammaSums, betaSums, rows, columns, key, maskOfDy);
        DeviceColumnSum.Combine(run, gammaSums, run.OutputFloats(dgamma, columns), blocks, columns);
        DeviceColumnSum.Combine(run, betaSums, run.OutputFloats(dgamma + 1, columns), blocks, columns);
    }

    private sealed class OfLayerNorm(IOperatorDevice device, KernelDefinition cpu) : DeviceOperator(device)
    {
        private readonly bool _hasResidual = cpu.InputTypes.Count == 6;

        protected override void Compute(in DeviceRun run)
        {
            (int rows, int columns) = Check(run, cpu, "x");
            KernelArgument residual = KernelArgument.Floats(0, 0);
            if (_hasResidual)
            {
                Shapes.Require(cpu, "r", run.Input(5), rows, columns);
                residual = run.Floats(5);
            }

            Launch(
                run, rows, columns, residual, run.OutputFloats(0, rows, columns), KernelArgument.Floats(0, 0),
                dgamma: 1, KernelArgument.Int64s(0, 0), Whole, Whole);
        }
    }

    private sealed class OfDropoutAddLayerNorm(IOperatorDevice device, KernelAttributes attributes)
        : DeviceOperator(device)
    {
        private readonly DropoutSite _dropout = new(attributes);

        protected override void Compute(in DeviceRun run)
        {
            (int rows, int columns) = Check(run, DropoutAddLayerNormGradKernel.Definition, "z");
            KernelArgument dx = run.OutputFloats(0, rows, columns);
            Launch(
                run, rows, columns, KernelArgument.Floats(0, 0), run.OutputFloats(1, rows, columns), dx, dgamma: 2,
                run.DropoutKey(5), Whole, DeviceRun.MaskOf(_dropout));
        }
    }

    private sealed class OfEmbeddingNorm(IOperatorDevice device, KernelAttributes attributes) : DeviceOperator(device)
    {
        private readonly DropoutSite _dropout = new(attributes);

        protected override void Compute(in DeviceRun run)
        {
            (int rows, int columns) = Check(run, EmbeddingNormGradKernel.Definition, "z");
            Launch(
                run, rows, columns, KernelArgument.Floats(0, 0), run.OutputFloats(0, rows, columns),
                KernelArgument.Floats(0, 0), dgamma: 1, run.DropoutKey(5), DeviceRun.MaskOf(_dropout), Whole);
        }
    }
}
