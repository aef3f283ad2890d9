using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Training.Buckets;

/// <summary>How the passes of a run are recorded and played back.</summary>
/// <param name="Mode">Auto or on.</param>
/// <param name="Plan">The buckets that passes are filled up to.</param>
internal sealed record RunRecording(RecordingMode Mode, BucketPlan Plan)
{
    /// <summary>Chosen tokens beyond their expected number that a bucket has room for, in standard
    /// deviations.</summary>
    private const double Deviations = 4;

    private static readonly HashSet<string> Known =
    [
        PackedInputs.InputIds, PackedInputs.PositionIds, PackedInputs.TokenTypeIds, PackedInputs.Offsets,
        PackedInputs.OutputTokens, PackedInputs.Targets, PackedInputs.TargetIds, PackedInputs.ExampleWeights,
        PackedInputs.LossScale, PackedInputs.DropoutKey,
    ];

    /// <summary>Padding in per cent of all tokens that are computed.</summary>
    public double WastePercent => 100 * Plan.Waste;

    /// <summary>Measures the passes.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Told what is decided.</summary>
    public Action<string> Note { get; init; } = _ => { };

    /// <summary>Chooses the buckets of a run; null where it is not to be recorded.</summary>
    /// <param name="mode">What is asked for; with auto, a run that cannot be recorded is not, and that is
    /// noted.</param>
    /// <param name="graph">The training graph.</param>
    /// <param name="objective">What is minimized.</param>
    /// <param name="options">How passes are run.</param>
    /// <param name="examples">The training examples.</param>
    /// <param name="steps">Optimizer steps of the run.</param>
    /// <param name="note">Told what is decided.</param>
    /// <exception cref="RunException">The mode is on, and the run cannot be recorded.</exception>
    public static RunRecording? Of(
        RecordingMode mode, TrainingGraph graph, TrainingObjective objective, TrainerOptions options,
        IReadOnlyList<TokenizedExample> examples, long steps, Action<string> note)
    {
        if (mode == RecordingMode.Off)
        {
            return null;
        }

        if (Obstacle(graph, objective, options) is { } obstacle)
        {
            Refuse(mode, obstacle, note);
            return null;
        }

        BucketPlan plan = BucketPlan.Of(
            PassSize.OfRun(options, examples, objective.Targets, steps), PassSize.LengthsOf(examples).Max());
        if (mode == RecordingMode.Auto && plan.Waste > BucketPlan.WasteBound)
        {
            Refuse(mode, FormattableString.Invariant(
                $"in {plan.Buckets.Count} shapes of batches {100 * plan.Waste:0.0} % of the tokens would be padding"),
                note);
            return null;
        }

        return new RunRecording(mode, plan) { Note = note };
    }

    /// <summary>Says why a run is not recorded, or ends it.</summary>
    /// <exception cref="RunException">The mode is on.</exception>
    public static void Refuse(RecordingMode mode, string reason, Action<string> note)
    {
        string message = $"CUDA graphs cannot be made of this run: {reason}";
        if (mode == RecordingMode.On)
        {
            throw new RunException($"{message}. Leave --cuda-graphs out.");
        }

        note($"{message}; it runs without.");
    }

    /// <summary>How many rows each input has whose number of rows changes.</summary>
    public IReadOnlyDictionary<string, FixedRows> RowsOf(
        Bucket bucket, TrainingGraph graph, TrainingObjective objective)
    {
        FixedRows tokens = new(bucket.Tokens), rows = new(RowsOf(bucket, graph.Packed.Rows, objective));
        Dictionary<string, FixedRows> fixedRows = new()
        {
            [PackedInputs.InputIds] = tokens, [PackedInputs.PositionIds] = tokens,
            [PackedInputs.TokenTypeIds] = tokens, [PackedInputs.OutputTokens] = rows, [PackedInputs.Targets] = rows,
            [PackedInputs.TargetIds] = rows, [PackedInputs.ExampleWeights] = rows,
        };
        foreach (RowValues values in objective.Inputs.OfType<RowValues>())
        {
            // What a method makes of its values is finite for real ones; rows of weight 0 have no other part.
            fixedRows[values.GraphInput] = rows with { RepeatsLast = true };
        }

        return fixedRows;
    }

    /// <summary>The rows of targets that a bucket has room for.</summary>
    public static int RowsOf(Bucket bucket, OutputRows head, TrainingObjective objective)
    {
        double chosen = (double)bucket.Rows / bucket.Tokens;
        if (objective.Draw is { OutputShare: < 1 and var share })
        {
            double room = Deviations * Math.Sqrt(bucket.Tokens * share * (1 - share));
            chosen = Math.Min(1, ((bucket.Tokens * share) + room) / bucket.Tokens);
        }

        return checked((int)Math.Min(
            Math.Max(bucket.Tokens, bucket.Sequences), head.Count(bucket.Sequences, bucket.Tokens, chosen)));
    }

    private static string? Obstacle(TrainingGraph graph, TrainingObjective objective, TrainerOptions options) =>
        !options.Execution.UseKernels ? "function bodies have shapes that follow the data"
        : objective.IsTwofold ? "the method runs every example twice in a batch"
        : graph.Packed.Inputs.FirstOrDefault(
            input => !Known.Contains(input) && objective.Inputs.All(known => known.GraphInput != input)) is { } other
            ? $"the graph takes {other}, which has no padding"
        : objective.Distribution.IsAcrossRows || options.GroupSize > 1
            || objective.Inputs.Any(input => input is not RowValues and not LossCoefficient)
            ? "the loss compares the examples of a batch, and would see padding among them"
        : null;
}
