using OrtTrainer.Runtime;

namespace OrtTrainer.Training.Averaging;

/// <summary>Weights to be drawn around a mean, and the variance they are drawn with.</summary>
internal sealed class WeightDraws : IDisposable
{
    private readonly WeightSampler _sampler;

    /// <param name="layout">Where the tensors lie.</param>
    /// <param name="moments">Mean and variance, of one update or more.</param>
    /// <param name="count">How many weights are drawn.</param>
    /// <param name="scale">What variances are multiplied with, 0 or more.</param>
    /// <param name="seed">Fixes all draws.</param>
    public WeightDraws(WeightLayout layout, WeightMoments moments, int count, double scale, long seed)
    {
        Count = count;
        Variance = new WeightBuffer(moments.Buffer.Device, layout.Length);
        moments.Variance(Variance);
        _sampler = new WeightSampler(layout, moments.Buffer, Variance, scale, seed);
    }

    /// <summary>How many weights are drawn.</summary>
    public int Count { get; }

    /// <summary>The variance of each weight, not scaled.</summary>
    public WeightBuffer Variance { get; }

    /// <summary>Writes one draw; padding stays as it is.</summary>
    /// <param name="number">Which draw, from 0; the same number gives the same weights.</param>
    /// <param name="destination">Receives the weights.</param>
    /// <param name="threads">Threads; the result does not depend on them.</param>
    public void Draw(int number, WeightBuffer destination, int threads) =>
        _sampler.Draw(number, destination, threads);

    public void Dispose() => Variance.Dispose();
}
