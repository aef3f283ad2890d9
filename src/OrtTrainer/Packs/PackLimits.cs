using OrtTrainer.Common;
using OrtTrainer.Compilation;
using OrtTrainer.Models;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Packs;

/// <summary>How long a training may take, and how much memory.</summary>
/// <param name="options">Say so.</param>
/// <param name="clock">Tells the time.</param>
internal sealed class PackLimits(PackTrainingOptions options, TimeProvider clock)
{
    /// <summary>The word for the first limit.</summary>
    public const string Seconds = "max-seconds";

    /// <summary>The word for the second one.</summary>
    public const string Memory = "max-memory";

    // What program and ONNX Runtime take, by a measurement with MiniLM.
    private const long Base = 110_000_000;

    // Floats that a graph keeps of a token and a layer for its gradients, per unit of width.
    private const long Activations = 24;

    private readonly long _start = clock.GetTimestamp();
    private TimeSpan? _before;

    /// <summary>About how many bytes a training takes: weights, gradients, moments and the average of what is trained,
    /// frozen weights once, states of all texts, and what a step keeps.</summary>
    /// <param name="manifest">The graphs.</param>
    /// <param name="examples">All texts.</param>
    /// <param name="batchSize">Texts per step.</param>
    public static long Estimate(GraphManifest manifest, IReadOnlyList<TokenizedExample> examples, int batchSize)
    {
        long Elements(bool trained) => manifest.Parameters.Where(parameter => parameter.Trained == trained)
            .Sum(parameter => parameter.Shape.Aggregate(1L, (n, size) => n * size));
        long width = (long)manifest.Find(GraphRole.Training)!.Inputs
            .Single(input => input.Name == PackedInputs.FrozenStates).Shape[1]!;
        long batch = examples.Select(example => (long)example.Tokens).OrderDescending().Take(batchSize).Sum();
        long states = examples.Sum(example => (long)example.Tokens) * width;
        return Base + (sizeof(float) * ((5 * Elements(true)) + Elements(false) + states
            + (Activations * batch * width * (manifest.TrainLast!.Value + 1))));
    }

    /// <summary>Refuses a training that would take more memory than is allowed.</summary>
    /// <exception cref="RunException">It would.</exception>
    public void Require(long estimate)
    {
        if (estimate > options.MaxMemory)
        {
            throw new RunException(
                $"About {Megabytes(estimate)} of memory are needed, {Megabytes(options.MaxMemory.Value)} are allowed. "
                + "Take fewer or shorter texts, smaller batches, or a pack that trains fewer layers.");
        }
    }

    /// <summary>Asked before each step: why there should be none, one that takes as long as the last included; null
    /// where there may be one.</summary>
    public string? Reached()
    {
        TimeSpan now = clock.GetElapsedTime(_start), last = now - (_before ?? now);
        _before = now;
        return (now + last).TotalSeconds > options.MaxSeconds ? Seconds
            : Environment.WorkingSet > options.MaxMemory ? Memory
            : null;
    }

    private static string Megabytes(long bytes) =>
        FormattableString.Invariant($"{Math.Ceiling(bytes / 1e6):0} MB");
}
