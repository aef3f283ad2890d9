using OrtTrainer.Benchmarking;

namespace OrtTrainer.Cli.Rendering;

/// <summary>The figures of training steps, one a line.</summary>
internal static class StepLines
{
    public static IEnumerable<string> Of(StepBenchmarkResult r)
    {
        yield return FormattableString.Invariant(
            $"batches      {r.Batches}, {Figures.Count(r.Tokens)} tokens, ")
            + FormattableString.Invariant($"{r.PaddingShare:0.0%} padding as rows of equal length");
        yield return FormattableString.Invariant(
            $"step         {r.StepMedian * 1e3:0.0} ms median, {Figures.Count(r.TokensPerSecond)} tokens/s, ")
            + $"{r.Device}, {r.Threads} threads";
        if (r.Buckets is { } buckets)
        {
            yield return FormattableString.Invariant(
                $"cuda graphs  {Figures.Count(buckets, "shape")} of batches, ")
                + FormattableString.Invariant($"{r.BucketPadding:0.0%} of their tokens are padding");
        }

        foreach (string note in r.Notes)
        {
            yield return note;
        }

        yield return FormattableString.Invariant(
            $"averaging    {r.AveragingSeconds * 1e3:0.00} ms in every step, {r.AveragingShare:0.0%} of it");
        yield return $"memory       {Figures.Bytes(r.PeakMemory)} at the peak";
        yield return $"kernels      {(r.Kernels.Count == 0 ? "none: function bodies" : string.Join(", ", r.Kernels))}";
    }
}
