using System.Diagnostics;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Benchmarking;

/// <summary>Gradients from another source, timed: what is left of a step is the optimizer's.</summary>
/// <param name="source">The source; disposed with this.</param>
internal sealed class TimedGradients(IGradientSource source) : IGradientSource
{
    /// <summary>Seconds of the last run.</summary>
    public double Seconds { get; private set; }

    public WeightBuffer Values => source.Values;

    public BlockMap Written => source.Written;

    public (LossParts Loss, int Tokens) Run(
        IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, long step)
    {
        long started = Stopwatch.GetTimestamp();
        (LossParts Loss, int Tokens) result = source.Run(examples, indices, step);
        Seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
        return result;
    }

    public void Dispose() => source.Dispose();
}
