namespace OrtTrainer.Training.Averaging;

/// <summary>Which optimizer steps an average is made of: first, first + interval, … up to last.</summary>
internal sealed record AveragedSteps
{
    /// <param name="first">The first step whose weights entered, counted from 1.</param>
    /// <param name="last">The last one.</param>
    /// <param name="interval">Steps from one weight to the next.</param>
    /// <param name="count">The number of weights averaged.</param>
    /// <exception cref="ArgumentOutOfRangeException">The numbers do not go together.</exception>
    public AveragedSteps(long first, long last, long interval, long count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(first, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(last, first);
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        First = first;
        Last = last;
        Interval = interval;
        Count = count;
    }

    public long First { get; }

    public long Last { get; }

    public long Interval { get; }

    public long Count { get; }

    /// <summary>As the provenance states it: <c>257..513 every 1 (257 weights)</c>.</summary>
    public override string ToString() =>
        FormattableString.Invariant($"{First}..{Last} every {Interval} ({Count} weights)");
}
