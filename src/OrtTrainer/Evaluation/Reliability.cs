namespace OrtTrainer.Evaluation;

/// <summary>
/// How far the confidence of decisions can be believed: decisions by confidence, in bins of equal width that hold
/// their upper edge, (low, high], and the first one its lower edge too (Guo et al. 2017, On Calibration of Modern
/// Neural Networks, section 2).
/// </summary>
internal sealed class Reliability
{
    /// <summary>Bins unless told otherwise.</summary>
    public const int DefaultBins = 15;

    private readonly ReliabilityBin[] _bins;

    /// <summary>Sorts decisions into bins.</summary>
    /// <param name="decisions">Whether each is right, and its probability, in [0, 1].</param>
    /// <param name="bins">Number of bins, 1 or more.</param>
    public Reliability(IEnumerable<(bool IsRight, double Confidence)> decisions, int bins = DefaultBins)
    {
        ArgumentNullException.ThrowIfNull(decisions);
        ArgumentOutOfRangeException.ThrowIfLessThan(bins, 1);
        (long[] counts, long[] right, double[] confidences) = (new long[bins], new long[bins], new double[bins]);
        foreach ((bool isRight, double confidence) in decisions)
        {
            int bin = BinOf(confidence, bins);
            counts[bin]++;
            right[bin] += isRight ? 1 : 0;
            confidences[bin] += confidence;
        }

        _bins = [.. Enumerable.Range(0, bins).Select(i => new ReliabilityBin(
            (double)i / bins, (i + 1.0) / bins, counts[i], right[i], confidences[i]))];
        Count = counts.Sum();
    }

    /// <summary>The bins from the lowest confidence to the highest, empty ones too.</summary>
    public IReadOnlyList<ReliabilityBin> Bins => _bins;

    /// <summary>Decisions in all bins.</summary>
    public long Count { get; }

    /// <summary>Share of right decisions; NaN for no decisions.</summary>
    public double Accuracy => (double)_bins.Sum(bin => bin.Right) / Count;

    /// <summary>Mean confidence; NaN for no decisions.</summary>
    public double MeanConfidence => _bins.Sum(bin => bin.ConfidenceSum) / Count;

    /// <summary>
    /// Expected calibration error: the gap between confidence and accuracy of each bin, weighted by its decisions, in
    /// [0, 1]; NaN for no decisions.
    /// </summary>
    public double ExpectedError => _bins.Sum(bin => Math.Abs(bin.Right - bin.ConfidenceSum)) / Count;

    /// <summary>The largest gap between confidence and accuracy of a bin with decisions, in [0, 1]; 0 for
    /// none.</summary>
    public double MaximumError =>
        _bins.Where(bin => bin.Count > 0).Select(bin => Math.Abs(bin.Accuracy - bin.Confidence)).DefaultIfEmpty().Max();

    private static int BinOf(double confidence, int bins)
    {
        // The product may round across an edge; the edges as fractions decide, as in the usual definition.
        int bin = Math.Clamp((int)Math.Ceiling(confidence * bins) - 1, 0, bins - 1);
        if (bin > 0 && confidence <= (double)bin / bins)
        {
            return bin - 1;
        }

        return bin < bins - 1 && confidence > (bin + 1.0) / bins ? bin + 1 : bin;
    }
}
