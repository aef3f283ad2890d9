using ILGPU;
using OrtTrainer.Runtime.Cuda.Launching;
using OrtTrainer.Runtime.Distributed;
using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cuda.Updates;

/// <summary>
/// The norm of all gradients. All blocks are read: those that are not written hold zeros. A group of threads adds up a
/// piece of a chunk, and the host the pieces and then the chunks, so that the order is the same whoever adds up which
/// chunks.
/// </summary>
/// <param name="device">Where they lie.</param>
/// <param name="layout">The layout of the gradients.</param>
/// <param name="share">Which chunks are read here.</param>
internal sealed class KernelGradientNorm(KernelDevice device, WeightLayout layout, UpdateShare share) : GradientNorm
{
    // Enough pieces to keep a large device at work with a model of twenty million parameters.
    private const int PiecesPerChunk = 8;
    private const int PieceLength = WeightLayout.BlocksPerChunk / PiecesPerChunk * WeightLayout.BlockLength;

    private static readonly DeviceKernel Kernel = new(SumOfSquares);

    private readonly double[] _chunks = new double[layout.Chunks];

    /// <inheritdoc/>
    public override BlockMap? NonZero => null;

    /// <inheritdoc/>
    public override double Measure(WeightBuffer gradients, BlockMap? written = null)
    {
        if (gradients.Length != layout.Length || gradients.Device != device)
        {
            throw new ArgumentException(
                $"There are {gradients.Length} gradients on {gradients.Device}; the layout has {layout.Length} "
                + $"elements on {device}.", nameof(gradients));
        }

        RankPart part = share.OwnPart(layout);
        double[] pieces = new double[(part.Length + PieceLength - 1) / PieceLength];
        if (pieces.Length > 0)
        {
            using DeviceArray<double> sums = new(device);
            sums.Resize(pieces.Length);
            device.Launcher.Launch(Kernel, pieces.Length, gradients.View(part), sums.View());
            device.Finish();
            sums.Read(pieces);
        }

        (int first, int end) = share.ChunksOf(layout.Chunks);
        for (int chunk = first; chunk < end; chunk++)
        {
            int piece = (chunk - first) * PiecesPerChunk;
            _chunks[chunk] = SumOf(pieces.AsSpan(piece, Math.Min(PiecesPerChunk, pieces.Length - piece)));
        }

        share.Complete(_chunks);
        return Math.Sqrt(SumOf(_chunks));
    }

    internal static void SumOfSquares(ArrayView<float> values, ArrayView<double> sums)
    {
        double sum = 0;
        long end = (Grid.IdxX + 1L) * PieceLength;
        end = end < values.Length ? end : values.Length;
        for (long i = ((long)Grid.IdxX * PieceLength) + Group.IdxX; i < end; i += Group.DimX)
        {
            double value = values[i];
            sum += value * value;
        }

        Elements.AddUp(sum, sums);
    }

    private static double SumOf(ReadOnlySpan<double> values)
    {
        double sum = 0;
        foreach (double value in values)
        {
            sum += value;
        }

        return sum;
    }
}
