using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Studies;

/// <summary>
/// Foretells what a study takes: counts steps from the data, and times a few real optimizer steps for every kind of
/// step there is, as far as time allows, with as many runs side by side as the study has. Nothing is written.
/// </summary>
internal sealed class StudyForecaster
{
    private const int TimedSteps = 4;
    private static readonly TimeSpan LongestProbe = TimeSpan.FromSeconds(3);

    private readonly StudyPlan _plan;
    private readonly StudyOptions _options;
    private readonly Dictionary<string, StepCost> _costs = [];
    private readonly Dictionary<string, (int Train, int Eval)> _examples = [];
    private readonly CancellationToken _cancellation;

    private StudyForecaster(StudyPlan plan, StudyOptions options, CancellationToken cancellation) =>
        (_plan, _options, _cancellation) = (plan, options, cancellation);

    /// <summary>Measures and counts.</summary>
    /// <param name="options">The study.</param>
    /// <param name="limit">The longest time to spend on measuring; what is left then is estimated from what was
    /// measured. At least one kind of step is measured, unless this is zero: then steps are counted only and take no
    /// time.</param>
    /// <param name="cancellation">Ends it between two steps, or while data are read.</param>
    /// <exception cref="StudyException">The study file is wrong.</exception>
    /// <exception cref="DataFileException">A data file cannot be used.</exception>
    public static StudyForecast Of(StudyOptions options, TimeSpan limit, CancellationToken cancellation = default)
    {
        StudyForecaster forecaster = new(StudyPlan.Read(options.File, options.Output), options, cancellation);
        forecaster.Measure(limit);
        return forecaster.Forecast();
    }

    private StudyForecast Forecast()
    {
        PlannedRun[] others = [.. _plan.Starts, .. _plan.Teachers, .. _plan.ChoosingRuns];
        return new StudyForecast(
            [.. _plan.Cells.Select(Forecast)], others.Length,
            others.Where(run => !IsDone(run)).Sum(run => SecondsOf(run.Options)), _options.Jobs, _options.ThreadsPerJob,
            _costs.Count);
    }

    private CellForecast Forecast(StudyCell cell) => new(
        cell, cell.Runs.Count(IsDone), StepsOf(cell.Options), SecondsOf(cell.Options),
        _costs.ContainsKey(KindOf(cell.Options)));

    private void Measure(TimeSpan limit)
    {
        Stopwatch spent = Stopwatch.StartNew();
        foreach (PlannedRun run in
            _plan.Starts.Concat(_plan.Teachers).Concat(_plan.Cells.Select(cell => cell.Runs[0])))
        {
            if (spent.Elapsed >= limit)
            {
                return;
            }

            _cancellation.ThrowIfCancellationRequested();
            string kind = KindOf(run.Options);
            if (!_costs.ContainsKey(kind))
            {
                _costs.Add(kind, Measure(WithoutTeacher(run.Options) with
                {
                    // What a model starts from costs nothing to the step, and may not be trained yet.
                    Model = run.Start?.Options.Model ?? run.Options.Model,
                    FromScratch = run.Start is not null || run.Options.FromScratch,
                    Threads = _options.ThreadsPerJob,

                    // The stage that trains all takes longest, and is the last.
                    LayersTrainable = run.Options.UnfreezeEvery is null ? run.Options.LayersTrainable : null,
                    UnfreezeEvery = null,
                }));
            }
        }
    }

    /// <summary>The mean cost of as many runs as there are jobs, which share caches and memory bandwidth.</summary>
    private StepCost Measure(FineTuneOptions options)
    {
        using Barrier start = new(_options.Jobs);
        StepCost[] costs = Task.WhenAll(Enumerable.Range(0, _options.Jobs).Select(_ => Task.Factory.StartNew(
            () => Measure(options, start), CancellationToken.None, TaskCreationOptions.LongRunning,
            TaskScheduler.Default))).GetAwaiter().GetResult();
        return StepCost.Mean(costs);
    }

    private StepCost Measure(FineTuneOptions options, Barrier start)
    {
        try
        {
            Stopwatch setup = Stopwatch.StartNew();
            using PreparedRun run = PreparedRun.Create(options, cancellation: _cancellation);
            if (run.Library is not null)
            {
                throw new RunException(
                    $"A study tells what steps of this program take; leave the engine {options.Engine} out.");
            }

            double setupSeconds = setup.Elapsed.TotalSeconds;

            // The first step allocates and compiles.
            run.Trainer.Step();
            start.SignalAndWait(_cancellation);
            return new StepCost(SecondsOfStep(run), setupSeconds);
        }
        finally
        {
            // One that failed keeps no other waiting.
            start.RemoveParticipant();
        }
    }

    private double SecondsOfStep(PreparedRun run)
    {
        Stopwatch stepping = Stopwatch.StartNew();
        int steps = 0;
        while (steps < TimedSteps && run.State.Step < run.TotalSteps && (steps == 0 || stepping.Elapsed < LongestProbe))
        {
            _cancellation.ThrowIfCancellationRequested();
            run.Trainer.Step();
            steps++;
        }

        return stepping.Elapsed.TotalSeconds / Math.Max(1, steps);
    }

    private double SecondsOf(FineTuneOptions options)
    {
        (int train, int eval) = ExamplesOf(options.Data);
        double seconds = CostOf(options).OfRun(options, StepsOf(options), StepsPerEpoch(options, train), eval);
        return SelfTeacher.IsNeededBy(options) ? 2 * seconds : seconds;
    }

    /// <summary>The cost measured for this kind of step, or the mean of all where time ran out before.</summary>
    private StepCost CostOf(FineTuneOptions options) =>
        _costs.TryGetValue(KindOf(options), out StepCost? cost) ? cost
        : _costs.Count == 0 ? new StepCost(0, 0)
        : StepCost.Mean(_costs.Values);

    private long StepsOf(FineTuneOptions options) => options.MaxSteps
        ?? Math.Max(1, RunLength.StepsOf(options.Epochs, StepsPerEpoch(options, ExamplesOf(options.Data).Train)));

    private static long StepsPerEpoch(FineTuneOptions options, int examples)
    {
        long perStep = (long)options.BatchSize * options.Accumulation;
        return (examples + perStep - 1) / perStep;
    }

    private (int Train, int Eval) ExamplesOf(DataOptions data)
    {
        // As text: two records with lists of their own are never equal.
        string key = JsonSerializer.Serialize(data, RunJson.Options);
        if (!_examples.TryGetValue(key, out (int Train, int Eval) examples))
        {
            DataSplits splits = LabeledData.Load(data, cancellation: _cancellation);
            _examples.Add(key, examples = (splits.Train.Count, splits.Eval.Count));
        }

        return examples;
    }

    private static bool IsDone(PlannedRun run) => new StudyRunFolder(run.Options.Output).IsDone;

    /// <summary>
    /// A step towards kept answers of a teacher costs what a plain one does, comparing a few mean states of layers
    /// included, and the teacher may not be trained yet.
    /// </summary>
    private static FineTuneOptions WithoutTeacher(FineTuneOptions options) =>
        options.Method.Loss is { LearnsFromTeacher: true }
            ? options with { Method = options.Method with { Loss = null }, Teacher = null }
            : options;

    /// <summary>The options without what changes no step's time; coefficients of losses are inputs of one
    /// graph.</summary>
    private static string KindOf(FineTuneOptions options)
    {
        JsonObject kind = (WithoutTeacher(options) with
        {
            Output = "-",
            Seed = 0,
            Epochs = 1,
            MaxSteps = null,
            MaxSeconds = null,
            FromScratch = false,
            LearningRate = 0,
            LayerDecay = 1,
            LayersTrainable = options.UnfreezeEvery is null ? options.LayersTrainable : null,
            UnfreezeEvery = null,
            Schedule = ScheduleKind.Constant,
            Warmup = 0,
            WeightDecay = 0,
            ClassWeights = null,
            EvalSteps = null,
            Patience = null,
            KeepBest = false,
            CheckpointSeconds = 0,
            Threads = null,
        }).ToJson();
        foreach (MethodPart part in options.Method.Parts)
        {
            kind.Remove(part.Key);
        }

        return kind.ToJsonString(RunJson.Options);
    }
}
