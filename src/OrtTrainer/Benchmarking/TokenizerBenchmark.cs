using System.Diagnostics;
using OrtTrainer.Text;

namespace OrtTrainer.Benchmarking;

/// <summary>Times a tokenizer on the lines of a text file.</summary>
internal static class TokenizerBenchmark
{
    private const int Passes = 5;

    /// <summary>
    /// Measures with one thread and with several; each speed is the median of several passes after one for warming up.
    /// </summary>
    /// <param name="tokenizer">The tokenizer.</param>
    /// <param name="texts">What to tokenize, none of it empty of bytes altogether.</param>
    /// <param name="threads">The several threads, 1 or more.</param>
    /// <param name="cancellation">Stops between passes.</param>
    public static TokenizerBenchmarkResult Run(
        Tokenizer tokenizer, IReadOnlyList<string> texts, int threads, CancellationToken cancellation = default)
    {
        (string, string?)[] inputs = [.. texts.Select(text => (text, (string?)null))];
        long bytes = texts.Sum(text => (long)System.Text.Encoding.UTF8.GetByteCount(text));
        long tokens = tokenizer.EncodeBatch(inputs, threads: threads).Sum(encoded => (long)encoded.Ids.Length);
        return new(texts.Count, bytes, tokens, threads, Seconds(1), Seconds(threads));

        double Seconds(int used) => Median.Of(Enumerable.Range(0, Passes + 1).Select(_ =>
        {
            cancellation.ThrowIfCancellationRequested();
            long started = Stopwatch.GetTimestamp();
            tokenizer.EncodeBatch(inputs, threads: used);
            return Stopwatch.GetElapsedTime(started).TotalSeconds;
        }).ToArray().Skip(1));
    }
}
