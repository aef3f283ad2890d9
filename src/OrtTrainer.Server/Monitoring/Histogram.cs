namespace OrtTrainer.Server.Monitoring;

/// <summary>Counts of values by upper bounds, as Prometheus has them. Safe for use from several threads at
/// once.</summary>
/// <param name="bounds">The upper bounds, rising; a value above the last counts in the total alone.</param>
internal sealed class Histogram(params double[] bounds)
{
    private readonly long[] _counts = new long[bounds.Length + 1];
    private readonly Lock _lock = new();
    private double _sum;

    /// <summary>The upper bounds.</summary>
    public IReadOnlyList<double> Bounds => bounds;

    /// <summary>Counts a value in.</summary>
    public void Add(double value)
    {
        int place = Array.BinarySearch(bounds, value);
        lock (_lock)
        {
            _counts[place < 0 ? ~place : place]++;
            _sum += value;
        }
    }

    /// <summary>The counts up to each bound and of all values, [bounds + 1], and the sum of the values.</summary>
    public (long[] Cumulative, double Sum) Read()
    {
        lock (_lock)
        {
            long[] cumulative = new long[_counts.Length];
            long all = 0;
            for (int i = 0; i < cumulative.Length; i++)
            {
                cumulative[i] = all += _counts[i];
            }

            return (cumulative, _sum);
        }
    }
}
