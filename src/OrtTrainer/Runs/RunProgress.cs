using System.Text.Json.Serialization;
using OrtTrainer.Common;
using OrtTrainer.Evaluation;
using OrtTrainer.Training;

namespace OrtTrainer.Runs;

/// <summary>How far a run is beside its weights: what a checkpoint keeps in words.</summary>
internal sealed record RunProgress
{
    /// <summary>Seconds spent on optimizer steps.</summary>
    public double TrainSeconds { get; init; }

    /// <summary>Those of them in which a teacher ran with its step.</summary>
    public double TeacherSeconds { get; init; }

    /// <summary>Examples trained on.</summary>
    public long Examples { get; init; }

    /// <summary>Tokens trained on.</summary>
    public long Tokens { get; init; }

    /// <summary>Evaluations so far, in order.</summary>
    public IReadOnlyList<EvaluationPoint> Evaluations { get; init; } = [];

    /// <summary>The step of the best live evaluation; 0 before the first.</summary>
    public long BestStep { get; init; }

    /// <summary>The score of the best live evaluation; null before the first.</summary>
    public double? BestScore { get; init; }

    /// <summary>Evaluations since the best.</summary>
    public int EvaluationsSinceBest { get; init; }

    /// <summary>The step of the last evaluation; 0 before the first.</summary>
    [JsonIgnore]
    public long EvaluatedStep => Evaluations.Count == 0 ? 0 : Evaluations[^1].Step;

    /// <summary>This progress with one more step.</summary>
    /// <param name="report">The step.</param>
    /// <param name="seconds">How long it took.</param>
    /// <param name="teacherSeconds">How long of that a teacher took.</param>
    public RunProgress With(StepReport report, double seconds, double teacherSeconds = 0) => this with
    {
        TrainSeconds = TrainSeconds + seconds,
        TeacherSeconds = TeacherSeconds + teacherSeconds,
        Examples = Examples + report.Examples,
        Tokens = Tokens + report.Tokens,
    };

    /// <summary>This progress with one more evaluation.</summary>
    /// <param name="point">The evaluation.</param>
    /// <param name="score">Its live score in the deciding metric.</param>
    /// <param name="metric">The deciding metric.</param>
    public RunProgress With(EvaluationPoint point, double score, Metric metric)
    {
        bool better = metric.IsBetter(score, BestScore ?? double.NaN);
        return this with
        {
            Evaluations = [.. Evaluations, point],
            BestStep = better ? point.Step : BestStep,
            BestScore = better ? score : BestScore,
            EvaluationsSinceBest = better ? 0 : EvaluationsSinceBest + 1,
        };
    }

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
