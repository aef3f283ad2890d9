using OrtTrainer.Evaluation;
using OrtTrainer.Randomness;
using OrtTrainer.Runtime;

namespace OrtTrainer.Runs;

/// <summary>
/// The end of a run: scores live and averaged weights, exports those that score better on the evaluation data (the averaged ones
/// where both score alike), and never looks at the test data before that is settled.
/// </summary>
internal sealed class RunOutcome(PreparedRun run, RunFolder folder, RunProgress progress)
{
    public RunSummary Export(string? stoppedBy, CancellationToken cancellation)
    {
        NativeBuffer? averagedWeights = run.State.Average is { State.Count: > 0 } average ? average.Buffer : null;
        EvaluationScores live = run.Evaluator.Evaluate(run.State.Parameters, run.Data.Eval, cancellation);
        EvaluationScores? averaged = averagedWeights is null
            ? null
            : run.Evaluator.Evaluate(averagedWeights, run.Data.Eval, cancellation);
        bool exportsAverage = averaged is not null && !run.Evaluator.Metric.IsBetter(live.Score, averaged.Score);
        BootstrapInterval? interval = averaged is null ? null : Compare(live, averaged);

        _ = folder;
        return new RunSummary
        {
            Metric = run.Evaluator.Metric.Name,
            Live = live.Score,
            Averaged = averaged?.Score,
            Best = progress.BestScore,
            BestStep = progress.BestStep,
            Exported = exportsAverage ? "averaged" : "live",
            DifferenceInterval = interval is { } i ? [i.Lower, i.Upper] : null,
            EvalLive = live.Values,
            EvalAveraged = averaged?.Values,
            TestLive = TestScore(run.State.Parameters, cancellation),
            TestAveraged = averagedWeights is null ? null : TestScore(averagedWeights, cancellation),
            NAveraged = run.State.Average?.State.Count ?? 0,
            Steps = run.State.Step,
            TrainSeconds = progress.TrainSeconds,
            ExamplesPerSecond = progress.Examples / Math.Max(progress.TrainSeconds, 1e-9),
            TokensPerSecond = progress.Tokens / Math.Max(progress.TrainSeconds, 1e-9),
            Seed = run.Options.Seed,
            StoppedBy = stoppedBy,
        };
    }

    private BootstrapInterval Compare(EvaluationScores live, EvaluationScores averaged)
    {
        SeededRandom random = SeededRandom.For((ulong)run.Options.Seed, "bootstrap");
        return new PairedBootstrap().Compare(run.Evaluator.Metric, live.Examples, averaged.Examples, random.NextInt);
    }

    private double? TestScore(NativeBuffer weights, CancellationToken cancellation) =>
        run.Data.Test is { } test ? run.Evaluator.Evaluate(weights, test, cancellation).Score : null;
}
