namespace OrtTrainer.Images;

/// <summary>From 8-bit values to those a model takes: (value · factor - mean) / deviation, by channel.</summary>
internal sealed class PixelNormalization
{
    private const int Values = 256;

    private readonly float[] _table;

    /// <param name="factor">What values are multiplied with first, usually 1/255.</param>
    /// <param name="mean">Per channel.</param>
    /// <param name="deviation">Per channel, not 0.</param>
    public PixelNormalization(double factor, IReadOnlyList<double> mean, IReadOnlyList<double> deviation)
    {
        _table =
        [
            .. Enumerable.Range(0, PixelImage.Channels * Values).Select(i =>
                (float)(((i % Values * factor) - mean[i / Values]) / deviation[i / Values])),
        ];
    }

    /// <summary>What each 8-bit value of a channel becomes, [256].</summary>
    public ReadOnlySpan<float> TableOf(int channel) => _table.AsSpan(channel * Values, Values);
}
