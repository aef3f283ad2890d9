using OrtTrainer.Randomness;
using OrtTrainer.Runtime;

namespace OrtTrainer.Training.Averaging;

/// <summary>
/// Draws weights from a normal distribution of their own for each: <c>w = mean + sqrt(scale variance) z</c>, z standard
/// normal (Maddox et al. 2019, section 3.2).
/// </summary>
/// <param name="layout">Where the tensors lie; each has a random sequence of its own per draw.</param>
/// <param name="mean">The mean of each weight.</param>
/// <param name="variance">The variance of each weight.</param>
/// <param name="scale">What variances are multiplied with, 0 or more.</param>
/// <param name="seed">Fixes all draws.</param>
internal sealed class WeightSampler(
    WeightLayout layout, WeightBuffer mean, WeightBuffer variance, double scale, long seed)
{
    /// <summary>Writes one draw; padding stays as it is.</summary>
    /// <param name="number">Which draw, from 0; the same number gives the same weights.</param>
    /// <param name="destination">Receives the weights.</param>
    /// <param name="threads">Threads; the result does not depend on them.</param>
    public void Draw(int number, WeightBuffer destination, int threads) => Parallel.ForEach(
        layout.Segments, new ParallelOptions { MaxDegreeOfParallelism = threads }, segment =>
        {
            SeededRandom random = SeededRandom.For(
                (ulong)seed, FormattableString.Invariant($"draw {number} of {segment.Name}"));
            float[] center = mean.Read(segment.Offset, segment.Length);
            float[] spread = variance.Read(segment.Offset, segment.Length);
            destination.Write(segment.Offset, segment.Length, drawn =>
            {
                for (int i = 0; i < drawn.Length; i++)
                {
                    drawn[i] = (float)(center[i] + (Math.Sqrt(scale * spread[i]) * random.NextGaussian()));
                }
            });
        });
}
