using System.Globalization;
using OrtTrainer.Common;

namespace OrtTrainer.Data;

/// <summary>How long examples are, in tokens, before truncation.</summary>
/// <param name="Count">The number of examples.</param>
/// <param name="Minimum">The shortest.</param>
/// <param name="Median">Half of the examples are no longer than this.</param>
/// <param name="Percentile90">Nine in ten are no longer than this.</param>
/// <param name="Percentile99">99 in a hundred are no longer than this.</param>
/// <param name="Maximum">The longest.</param>
/// <param name="MaxLength">The length that longer examples are cut to.</param>
/// <param name="Truncated">How many examples are longer than <paramref name="MaxLength"/>.</param>
internal sealed record LengthSummary(
    int Count,
    int Minimum,
    int Median,
    int Percentile90,
    int Percentile99,
    int Maximum,
    int MaxLength,
    int Truncated)
{
    /// <summary>The share of examples that are cut, in [0, 1].</summary>
    public double TruncatedShare => Count == 0 ? 0 : (double)Truncated / Count;

    /// <summary>What cutting takes away, in one line; null where nothing is cut.</summary>
    public string? Cut => Truncated == 0 ? null : string.Create(
        CultureInfo.InvariantCulture,
        $"{Truncated} of {Count} examples ({TruncatedShare:0.0 %}) {(Truncated == 1 ? "is" : "are")} longer than "
        + $"{MaxLength} tokens and cut there (median {Median}, 90th percentile {Percentile90}, longest {Maximum}).");

    /// <summary>Summarises lengths; quantiles are nearest-rank, so each is the length of some example.</summary>
    /// <param name="lengths">Tokens per example with special tokens, before truncation.</param>
    /// <param name="maxLength">The length that longer examples are cut to.</param>
    public static LengthSummary Of(IReadOnlyCollection<int> lengths, int maxLength)
    {
        int[] sorted = [.. lengths.Order()];
        return new LengthSummary(
            sorted.Length,
            Rank(0),
            Rank(50),
            Rank(90),
            Rank(99),
            Rank(100),
            maxLength,
            sorted.Count(length => length > maxLength));

        int Rank(int percent) => sorted.Length == 0
            ? 0
            : sorted[Math.Max(0, ((((long)sorted.Length * percent) + 99) / 100) - 1)];
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
