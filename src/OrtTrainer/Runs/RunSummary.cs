using System.Text.Json;
using System.Text.Json.Serialization;
using OrtTrainer.Calibration;
using OrtTrainer.Common;
using OrtTrainer.Teachers;

namespace OrtTrainer.Runs;

/// <summary>
/// What came out of a run, as summary.json has it. Scores are in the metric's own unit, such as 0.96 for an accuracy.
/// </summary>
public sealed record RunSummary
{
    /// <summary>The metric that decided.</summary>
    public required string Metric { get; init; }

    /// <summary>The live weights' score on the evaluation data.</summary>
    public required double Live { get; init; }

    /// <summary>The averaged weights' score on the evaluation data; null without averaging.</summary>
    public double? Averaged { get; init; }

    /// <summary>The best live score seen during training; null where nothing was evaluated.</summary>
    public double? Best { get; init; }

    /// <summary>Optimizer steps done when <see cref="Best"/> was seen; 0 where nothing was evaluated.</summary>
    public long BestStep { get; init; }

    /// <summary>
    /// Which weights were exported: <c>live</c> or <c>averaged</c>, whichever scores better on the evaluation data.
    /// </summary>
    public required string Exported { get; init; }

    /// <summary>Whether that is the average.</summary>
    [JsonIgnore]
    public bool ExportsAverage => Exported == "averaged";

    /// <summary>A sign that the exported weights are of no use, with its numbers and what to try; null for
    /// none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Warning { get; init; }

    /// <summary>Bounds, at 95 %, of averaged minus live on the evaluation data, by a paired bootstrap.</summary>
    public IReadOnlyList<double>? DifferenceInterval { get; init; }

    /// <summary>All scores of the live weights on the evaluation data, by metric; the loss is called
    /// <c>loss</c>.</summary>
    public required IReadOnlyDictionary<string, double> EvalLive { get; init; }

    /// <summary>All scores of the averaged weights on the evaluation data; null without averaging.</summary>
    public IReadOnlyDictionary<string, double>? EvalAveraged { get; init; }

    /// <summary>The live weights' score on the test data; null without any.</summary>
    public double? TestLive { get; init; }

    /// <summary>The averaged weights' score on the test data; null without any.</summary>
    public double? TestAveraged { get; init; }

    /// <summary>All scores of the live weights on the test data; null without any.</summary>
    public IReadOnlyDictionary<string, double>? TestLiveScores { get; init; }

    /// <summary>All scores of the averaged weights on the test data; null without any.</summary>
    public IReadOnlyDictionary<string, double>? TestAveragedScores { get; init; }

    /// <summary>How many weights the average holds.</summary>
    public long NAveraged { get; init; }

    /// <summary>
    /// The score on the evaluation data of averaged predictions of weights drawn around the mean; null without SWAG.
    /// </summary>
    public double? Sampled { get; init; }

    /// <summary>All scores of those predictions on the evaluation data.</summary>
    public IReadOnlyDictionary<string, double>? EvalSampled { get; init; }

    /// <summary>Their score on the test data; null without any.</summary>
    public double? TestSampled { get; init; }

    /// <summary>Optimizer steps done.</summary>
    public long Steps { get; init; }

    /// <summary>Those of them that left the weights as they were, because gradients overflowed at the scale of the
    /// loss; null for products that need no scale.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? SkippedSteps { get; init; }

    /// <summary>The scale of the loss after the last step; null for products that need none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public float? LossScale { get; init; }

    /// <summary>How many layers were trained from which step on, in words; null where the same were from first to last.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Stages { get; init; }

    /// <summary>Seconds of optimizer steps, evaluation and loading left out.</summary>
    public double TrainSeconds { get; init; }

    /// <summary>Training examples per second of <see cref="TrainSeconds"/>.</summary>
    public double ExamplesPerSecond { get; init; }

    /// <summary>Training tokens per second of <see cref="TrainSeconds"/>, after truncation and without
    /// padding.</summary>
    public double TokensPerSecond { get; init; }

    /// <summary>What fixed initialization, order and dropout.</summary>
    public long Seed { get; init; }

    /// <summary>
    /// Largest difference between the exported file's logits and the training graph's on the evaluation data.
    /// </summary>
    public double ExportDifference { get; init; }

    /// <summary>The teacher, how good it is and what it took; null without one.</summary>
    [JsonInclude]
    internal TeacherReport? Teacher { get; init; }

    /// <summary>
    /// Seconds of optimizer steps that went into a teacher of the run's own; null where there was none to train.
    /// </summary>
    public double? TeacherTrainSeconds { get; init; }

    /// <summary>Seconds of <see cref="TrainSeconds"/> in which a teacher ran with its step; null where none
    /// does.</summary>
    public double? TeacherStepSeconds { get; init; }

    /// <summary>Shapes that passes were filled up to, to be played back as CUDA graphs; null where they were
    /// not.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Buckets { get; init; }

    /// <summary>The padding that filled them up, in per cent of all tokens that the run computes; null without
    /// them.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? BucketPadding { get; init; }

    /// <summary>The temperature and thresholds that were fitted to the exported weights; null where none
    /// were.</summary>
    [JsonInclude]
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    internal ModelCalibration? Calibration { get; init; }

    /// <summary>Whether training ended before its last step, and why: <c>patience</c> or <c>max_seconds</c>.</summary>
    public string? StoppedBy { get; init; }

    /// <summary>Reads the summary of a finished run.</summary>
    /// <param name="folder">The run's output folder.</param>
    /// <exception cref="RunException">There is no finished run, or its summary cannot be read.</exception>
    public static RunSummary Read(string folder)
    {
        string file = RunFolder.SummaryFileOf(folder);
        if (!File.Exists(file))
        {
            throw new RunException(
                $"{folder}: there is no finished run; {file} is missing. Give the --out folder of a run that " +
                "has ended, or go on with one that was interrupted by --resume.");
        }

        try
        {
            return JsonSerializer.Deserialize<RunSummary>(File.ReadAllText(file), RunJson.Options)?.WithUndefined()
                ?? throw new JsonException("null in place of an object.");
        }
        catch (JsonException malformed)
        {
            throw new RunException($"{file}: not the summary of a run: {malformed.Message}", malformed);
        }
    }

    /// <summary>
    /// JSON has null for a score that is not defined and for one that was never taken; the table of all scores beside
    /// it tells them apart.
    /// </summary>
    private RunSummary WithUndefined()
    {
        return this with
        {
            Averaged = Averaged ?? UndefinedIf(EvalAveraged),
            TestLive = TestLive ?? UndefinedIf(TestLiveScores),
            TestAveraged = TestAveraged ?? UndefinedIf(TestAveragedScores),
            Sampled = Sampled ?? UndefinedIf(EvalSampled),
        };

        static double? UndefinedIf(object? taken) => taken is null ? null : double.NaN;
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
