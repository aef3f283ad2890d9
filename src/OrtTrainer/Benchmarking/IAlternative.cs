using OrtTrainer.Data;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Benchmarking;

/// <summary>What takes turns with the training steps of a <see cref="StepBenchmark"/>, on the same batches.</summary>
internal interface IAlternative : IDisposable
{
    /// <summary>Lays out a batch; not timed.</summary>
    /// <param name="examples">All examples.</param>
    /// <param name="targets">What they are trained towards.</param>
    /// <param name="indices">Those of the batch, in order.</param>
    void Prepare(IReadOnlyList<TokenizedExample> examples, TaskTargets targets, ReadOnlySpan<int> indices);

    /// <summary>What is timed.</summary>
    void Run();
}
