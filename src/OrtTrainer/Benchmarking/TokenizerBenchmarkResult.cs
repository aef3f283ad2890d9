namespace OrtTrainer.Benchmarking;

/// <summary>What a <see cref="TokenizerBenchmark"/> measured.</summary>
/// <param name="Texts">Texts per pass.</param>
/// <param name="Bytes">Their UTF-8 bytes.</param>
/// <param name="Tokens">The tokens made of them, special ones included.</param>
/// <param name="Threads">The several threads.</param>
/// <param name="SingleSeconds">Median seconds of a pass with one thread.</param>
/// <param name="ThreadedSeconds">Median seconds of a pass with <paramref name="Threads"/>.</param>
internal sealed record TokenizerBenchmarkResult(
    int Texts, long Bytes, long Tokens, int Threads, double SingleSeconds, double ThreadedSeconds)
{
    /// <summary>Millions of bytes per second with one thread.</summary>
    public double SingleMegabytesPerSecond => Bytes / 1e6 / SingleSeconds;

    /// <summary>Millions of bytes per second with <see cref="Threads"/>.</summary>
    public double ThreadedMegabytesPerSecond => Bytes / 1e6 / ThreadedSeconds;
}
