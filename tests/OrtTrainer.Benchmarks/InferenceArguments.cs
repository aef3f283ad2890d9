using OrtTrainer.Cli;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Benchmarking;

namespace OrtTrainer.Benchmarks;

/// <summary>The options of <c>inference</c>: batches as training steps have them, of data.</summary>
internal sealed class InferenceArguments : StepArguments
{
    /// <inheritdoc/>
    public override StepBenchmarkOptions Steps => Train is null
        ? throw new UsageException("--train is missing: give a file whose texts make the batches.")
        : base.Steps;
}
