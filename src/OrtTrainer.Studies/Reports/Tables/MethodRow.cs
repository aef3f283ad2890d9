using OrtTrainer.Studies.Statistics;

namespace OrtTrainer.Studies.Reports.Tables;

/// <summary>A method in a table of a study: its runs, and how they compare with the baseline's.</summary>
internal sealed record MethodRow
{
    /// <summary>The method's name.</summary>
    public required string Method { get; init; }

    public required bool IsBaseline { get; init; }

    /// <summary>Its runs, whatever their state, in the order of seeds of the study.</summary>
    public required IReadOnlyList<StudyRun> Runs { get; init; }

    /// <summary>Scores of the finished runs by seed, in the unit printed; finite.</summary>
    public required IReadOnlyDictionary<long, double> Scores { get; init; }

    /// <summary>The comparison with the baseline; null for the baseline, and where <see cref="Refusal"/> says why
    /// not.</summary>
    public Comparison? Comparison { get; init; }

    /// <summary>Why there is no comparison; null where there is one.</summary>
    public string? Refusal { get; init; }

    /// <summary>Mean and standard deviation of all finished runs.</summary>
    public Spread Score => Spread.Of([.. Scores.Values]);

    /// <summary>The finished runs.</summary>
    public IEnumerable<StudyRun> Done => Runs.Where(run => run.Status == StudyRunStatus.Done);

    /// <summary>Whether the comparison shows a difference.</summary>
    public bool DiffersFromBaseline => Comparison is { Verdict: not Verdict.NoDifferenceShown };

    /// <summary>Mean seconds of a run's optimizer steps; null where none is known.</summary>
    public double? Seconds => Mean(Done.Select(run => run.Seconds));

    /// <summary>Mean seconds of a run's teacher; null without one.</summary>
    public double? TeacherSeconds => Mean(Done.Select(run => run.TeacherSeconds));

    /// <summary>Mean seconds of a run, its teacher's included; null where none is known.</summary>
    public double? TotalSeconds => Seconds + (TeacherSeconds ?? 0);

    /// <summary>Mean optimizer steps of a run; null where none is finished.</summary>
    public double? Steps => Mean(Done.Select(run => (double?)run.Steps));

    private static double? Mean(IEnumerable<double?> values) => values.Average();
}
