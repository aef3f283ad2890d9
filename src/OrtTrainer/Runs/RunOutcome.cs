using OrtTrainer.Calibration;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Export;
using OrtTrainer.Hub;
using OrtTrainer.Randomness;
using OrtTrainer.Runtime;
using OrtTrainer.Training;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Runs;

/// <summary>
/// The end of a run: scores live and averaged weights, exports those that score better on the evaluation data (the
/// averaged ones where both score alike), and never looks at the test data before that is settled.
/// </summary>
internal sealed class RunOutcome(PreparedRun run, RunFolder folder, WeightFiles weights, RunProgress progress)
{
    /// <summary>The exported weights on the evaluation data; there once they are exported.</summary>
    public EvaluationScores ExportedScores { get; private set; } = null!;

    public RunSummary Export(string? stoppedBy, CancellationToken cancellation)
    {
        // An export holds the weights several times over: what steps took is not to lie beside that.
        run.EndTraining();
        WeightBuffer? averagedWeights = run.State.CurrentAverage;
        EvaluationScores live = run.Evaluator.Evaluate(
            run.ModelOf(run.State.Parameters), run.Data.Eval, cancellation);
        EvaluationScores? averaged = averagedWeights is null
            ? null
            : run.Evaluator.Evaluate(run.ModelOf(averagedWeights), run.Data.Eval, cancellation);
        bool exportsAverage = averaged is not null && !run.Evaluator.Metric.IsBetter(live.Score, averaged.Score);
        ExportedScores = exportsAverage ? averaged! : live;
        BootstrapInterval? interval = averaged is null ? null : Compare(live, averaged, cancellation);
        EvaluationScores? testLive = OnTest(run.State.Parameters, cancellation);
        EvaluationScores? testAveraged = averagedWeights is null ? null : OnTest(averagedWeights, cancellation);
        (EvaluationScores Eval, EvaluationScores? Test)? sampled = RunSampling.Evaluate(run, weights, cancellation);
        RunSummary summary = new()
        {
            Metric = run.Evaluator.Metric.Name,
            Live = live.Score,
            Averaged = averaged?.Score,
            Best = progress.BestScore,
            BestStep = progress.BestStep,
            Exported = exportsAverage ? "averaged" : "live",
            Warning = run.Data.Task.FindFailure(ExportedScores.Examples, run.Data.Labels?.Names ?? []),
            DifferenceInterval = interval is { } i ? [i.Lower, i.Upper] : null,
            EvalLive = live.Values,
            EvalAveraged = averaged?.Values,
            TestLive = testLive?.Score,
            TestAveraged = testAveraged?.Score,
            TestLiveScores = testLive?.Values,
            TestAveragedScores = testAveraged?.Values,
            NAveraged = averagedWeights is null ? 0 : AveragedSteps().Count,
            Sampled = sampled?.Eval.Score,
            EvalSampled = sampled?.Eval.Values,
            TestSampled = sampled?.Test?.Score,
            Steps = run.State.Step,
            Stages = run.Facts.Stages,
            SkippedSteps = run.State.LossScale?.SkippedSteps,
            LossScale = run.State.LossScale?.Value,
            TrainSeconds = progress.TrainSeconds,
            ExamplesPerSecond = progress.Examples / Math.Max(progress.TrainSeconds, 1e-9),
            TokensPerSecond = progress.Tokens / Math.Max(progress.TrainSeconds, 1e-9),
            Buckets = run.Recording?.Plan.Buckets.Count,
            BucketPadding = run.Recording?.WastePercent,
            Seed = run.Options.Seed,
            StoppedBy = stoppedBy,
            Teacher = run.Teacher?.Report,
            TeacherTrainSeconds = run.OwnTeacher?.TrainSeconds,
            TeacherStepSeconds = run.Teacher?.Report is { RunsWithSteps: true } ? progress.TeacherSeconds : null,
        };
        if (averagedWeights is not null)
        {
            new WeightFiles(folder, run.Layout).Save(
                WeightFiles.Averaged, run.ModelOf(averagedWeights), run.State.Average!.State.LastStep);
        }

        WeightBuffer chosen = exportsAverage ? averagedWeights! : run.State.Parameters;
        WeightBuffer exported = run.ModelOf(chosen);
        (IReadOnlyList<TokenizedExample> examples, IReadOnlyList<Example>? texts) =
            run.Data.Task.ExportSample(run.Data.Eval);
        using EvaluationSession? float32 = run.Float32Evaluation();
        ExportReference reference = new(examples, float32 ?? run.Evaluator.Session, exported, run.Execution)
        {
            Texts = texts,
            Stride = run.Options.Stride,
        };
        summary = summary with
        {
            Calibration = CalibrationOf(
                exportsAverage ? averaged! : live, exportsAverage ? testAveraged : testLive),
        };
        FineTunedModel model = Model(exported) with
        {
            Adapter = AdapterOf(chosen),
            Calibration = summary.Calibration,
        };
        ExportResult result = ModelExporter.Export(
            folder.Path, model, ProvenanceOf(summary), reference, cancellation);
        return summary with { ExportDifference = result.Comparison!.MaxAbsolute };
    }

    private ModelCalibration? CalibrationOf(EvaluationScores eval, EvaluationScores? test)
    {
        if (!run.Options.Calibrate && !run.Options.TuneThresholds)
        {
            return null;
        }

        IReadOnlyList<string> labels = run.Data.Labels!.Names;
        ModelCalibration fitted = ModelCalibration.Fit(
            eval.Examples.Decisions!, labels, run.Options.Calibrate, run.Options.TuneThresholds);
        return test is null
            ? fitted
            : fitted with { Test = CalibrationScores.Of(test.Examples.Decisions!, fitted, labels) };
    }

    private TrainedAdapter? AdapterOf(WeightBuffer trained) => run.Options.Adapters is { } settings
        ? new TrainedAdapter(
            settings, run.Adapted, run.TrainedLayout, trained, HubModels.PublicNameOf(run.Options.Model))
        : null;

    private FineTunedModel Model(WeightBuffer parameters) => new()
    {
        Config = run.Model.Config,
        Task = run.Data.Task,
        Labels = run.Data.Labels?.Names ?? run.Data.Task.OutputNames(run.Data.Outputs),
        Layout = run.Layout,
        Parameters = parameters,
        TokenizerFolder = run.HasOwnTokenizer ? null : run.Options.ModelFolder,
        MaxLength = run.MaxLength,
    };

    private Provenance ProvenanceOf(RunSummary summary) => new()
    {
        Method = run.Options.Method.ToString(),
        Task = run.Data.Task,
        Metric = summary.Metric,
        Seed = summary.Seed,
        BaseModel = HubModels.NameOf(run.Options.Model),
        AveragedSteps = summary.ExportsAverage ? AveragedSteps() : null,
        Formula = summary.ExportsAverage ? run.State.Average!.Formula : null,
        Scores = Known(new()
        {
            ["live"] = summary.Live,
            ["averaged"] = summary.Averaged,
            ["test_live"] = summary.TestLive,
            ["test_averaged"] = summary.TestAveraged,
        }),
    };

    private AveragedSteps AveragedSteps() => run.Options.Method.Averaging!.StepsOf(run.State.Average!.State);

    private static Dictionary<string, double> Known(Dictionary<string, double?> scores) =>
        scores.Where(s => s.Value is not null).ToDictionary(s => s.Key, s => s.Value!.Value);

    private BootstrapInterval Compare(
        EvaluationScores live, EvaluationScores averaged, CancellationToken cancellation)
    {
        SeededRandom random = SeededRandom.For((ulong)run.Options.Seed, "bootstrap");
        return new PairedBootstrap().Compare(
            run.Evaluator.Metric, live.Examples, averaged.Examples, random.NextInt, cancellation);
    }

    private EvaluationScores? OnTest(WeightBuffer parameters, CancellationToken cancellation) =>
        run.Data.Test is { } test ? run.Evaluator.Evaluate(run.ModelOf(parameters), test, cancellation) : null;
}
