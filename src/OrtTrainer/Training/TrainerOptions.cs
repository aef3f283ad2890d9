using OrtTrainer.Runtime;

namespace OrtTrainer.Training;

/// <summary>What a <see cref="Trainer"/> needs to know beside its parts.</summary>
/// <param name="BatchSize">Examples per forward and backward pass, 1 or more.</param>
/// <param name="Accumulation">Passes per optimizer step, 1 or more.</param>
/// <param name="ClipNorm">The largest global gradient norm let through; null for no clipping.</param>
/// <param name="Seed">Fixes order and dropout.</param>
/// <param name="Execution">Threads and kernels.</param>
internal sealed record TrainerOptions(
    int BatchSize, int Accumulation, double? ClipNorm, long Seed, ExecutionOptions Execution)
{
    /// <summary>Examples per optimizer step.</summary>
    public int PerStep => checked(BatchSize * Accumulation);
}
