using OrtTrainer.Randomness;
using OrtTrainer.Runtime;

namespace OrtTrainer.Studies.Flatness;

/// <summary>
/// The trace of a Hessian as the mean of zᵀHz over vectors z of random signs (Hutchinson 1990, "A stochastic estimator
/// of the trace of the influence matrix").
/// </summary>
internal static class HutchinsonTrace
{
    /// <summary>
    /// Such vectors spread over all weights: the loss curves little along them, and a step of the textbook's length is
    /// a small one for each weight. The search begins above it.
    /// </summary>
    private const double FirstStep = 4;

    /// <param name="hessian">The matrix.</param>
    /// <param name="samples">Vectors, 1 or more.</param>
    /// <param name="seed">Fixes them.</param>
    /// <param name="cancellation">Stops between batches.</param>
    public static TraceEstimate Estimate(
        HessianProduct hessian, int samples, long seed, CancellationToken cancellation = default)
    {
        long length = hessian.Weights.Length;
        using WeightBuffer vector = new(hessian.Weights.Device, length);
        SeededRandom random = SeededRandom.For((ulong)seed, "trace");
        FillSigns(random, vector);

        DifferenceStep difference = DifferenceStep.Find(hessian, vector, FirstStep, cancellation);
        using WeightBuffer product = new(hessian.Weights.Device, length);
        double[] traces = new double[samples];
        for (int sample = 0; sample < samples; sample++)
        {
            if (sample > 0)
            {
                FillSigns(random, vector);
            }

            hessian.Multiply(vector, difference.Step, product, cancellation);
            traces[sample] = length * vector.Device.Arithmetic.Dot(vector, product)
                / vector.Device.Arithmetic.Dot(vector, vector);
        }

        double mean = traces.Average();
        double? error = samples < 2
            ? null
            : Math.Sqrt(traces.Sum(t => (t - mean) * (t - mean)) / (samples - 1) / samples);
        return new TraceEstimate(mean, error, samples, difference);
    }

    /// <summary>Random signs, scaled to length 1.</summary>
    private static void FillSigns(SeededRandom random, WeightBuffer vector)
    {
        float size = (float)(1 / Math.Sqrt(vector.Length));
        vector.Write(0, checked((int)vector.Length), elements =>
        {
            ulong bits = 0;
            for (int i = 0; i < elements.Length; i++, bits >>= 1)
            {
                if (i % 64 == 0)
                {
                    bits = random.NextUInt64();
                }

                elements[i] = (bits & 1) == 0 ? size : -size;
            }
        });
    }
}
