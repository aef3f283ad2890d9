using OrtTrainer.Common;

namespace OrtTrainer.Studies.Flatness;

/// <summary>What is measured round the weights of a run. Values are checked as they are set.</summary>
internal sealed record FlatnessOptions
{
    /// <summary>
    /// The examples: <c>train</c>, whose loss training made small, <c>eval</c>, or the path of a labelled file with the
    /// run's columns.
    /// </summary>
    public string Data { get; init; } = "train";

    /// <summary>The most examples, 1 or more; where there are more, a random choice fixed by the seed.</summary>
    public int Examples { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 256;

    /// <summary>A file with other weights of the same model to measure too, such as a soup; null for none.</summary>
    public string? Weights { get; init; }

    /// <summary>Random directions, 1 or more.</summary>
    public int Directions { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 5;

    /// <summary>
    /// How far to go along each direction and against it, above 0; at 1 every filter has moved by its own length.
    /// </summary>
    public double Radius { get; init => field = OptionRange.Above(value, 0); } = 0.5;

    /// <summary>Points of every line, its ends included, 2 or more; an odd number has the weights themselves.</summary>
    public int Points { get; init => field = (int)OptionRange.AtLeast((long)value, 2); } = 21;

    /// <summary>The radius of SAM's ball, above 0.</summary>
    public double Rho { get; init => field = OptionRange.Above(value, 0); } = 0.05;

    /// <summary>The radius of ASAM's ball, relative to the weights, above 0.</summary>
    public double AdaptiveRho { get; init => field = OptionRange.Above(value, 0); } = 0.5;

    /// <summary>The most iterations for the top eigenvalue, 1 or more.</summary>
    public int Iterations { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 50;

    /// <summary>The relative change of the top eigenvalue at which iterating ends, above 0.</summary>
    public double Tolerance { get; init => field = OptionRange.Above(value, 0); } = 1e-3;

    /// <summary>Random vectors for the Hessian's trace, 0 (not measured) or more.</summary>
    public int TraceSamples { get; init => field = (int)OptionRange.AtLeast((long)value, 0); } = 8;

    /// <summary>Fixes the choice of examples and all random directions.</summary>
    public long Seed { get; init; } = 1;

    /// <summary>Threads, 1 or more; null for all processors.</summary>
    public int? Threads { get; init => field = value is { } n ? (int)OptionRange.AtLeast((long)n, 1) : null; }
}
