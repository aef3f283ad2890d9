using System.Globalization;
using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Options;
using OrtTrainer.Prediction;
using OrtTrainer.Studies.Comparisons;

namespace OrtTrainer.Studies.Folds;

/// <summary>
/// K-fold cross-validation: every example is held out once, by a run that learns from the others, and answered for by
/// its exported model. Each fold is an ordinary run in a folder of its own; those that are done are kept.
/// </summary>
internal static class CrossValidation
{
    /// <summary>What each example is answered with, in the order of the rows, as JSON Lines.</summary>
    public const string PredictionsName = "oof.jsonl";

    /// <summary>The scores.</summary>
    public const string SummaryName = "folds.json";

    /// <summary>Runs the folds that are not done, and scores all of them.</summary>
    /// <param name="options">A run with <see cref="Tasks.DataOptions.Folds"/>, resolved; its output is the folder of
    /// the folds.</param>
    /// <param name="tell">Told a line about each fold.</param>
    /// <param name="cancellation">Ends the run of a fold after its current step, with a checkpoint.</param>
    /// <exception cref="RunException">The task has no answers that can be put together, or there is a file to evaluate
    /// on.</exception>
    /// <exception cref="StudyException">The folder holds something else, or folds of other options.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled; the same call goes on.</exception>
    public static async Task<FoldSummary> RunAsync(
        FineTuneOptions options, Action<string> tell, CancellationToken cancellation)
    {
        Require(options);
        int folds = options.Data.Folds!.Value;
        using FileStream held = Take(options.Output);
        FineTuneOptions[] runs = [.. Enumerable.Range(1, folds).Select(fold => OptionsOf(options, fold))];
        foreach (FineTuneOptions run in runs)
        {
            StudyRunFolder folder = new(run.Output);
            if (folder.IsBegun)
            {
                InProcessWorker.RequireSame(folder, run);
            }
        }

        List<ScoredFold> scored = [];
        foreach (FineTuneOptions run in runs)
        {
            await new InProcessWorker().RunAsync(run, _ => { }, cancellation);
            ScoredFold fold = Score(run, cancellation);
            scored.Add(fold);
            string metric = fold.Metric.Name;
            tell(string.Create(CultureInfo.InvariantCulture,
                $"fold {scored.Count} of {folds}: {metric} {fold.Scores.Score:0.0000}, {fold.Data.Count} held out"));
        }

        AtomicFile.WriteText(Path.Combine(options.Output, PredictionsName), FoldPredictions.Lines(scored));
        FoldSummary summary = FoldSummary.Of(scored);
        AtomicFile.WriteText(
            Path.Combine(options.Output, SummaryName), JsonSerializer.Serialize(summary, RunJson.Indented));
        return summary;
    }

    private static void Require(FineTuneOptions options)
    {
        if (!options.Data.Task.HasPredictionMean)
        {
            throw new RunException(
                $"--folds puts scores of labels or numbers together, one row each; {options.Data.Task} has others.");
        }

        if (options.Data.Eval is { } eval)
        {
            throw new RunException($"--folds holds parts of --train out; leave --eval {eval} out.");
        }

        if (options.Data.Test is { } test)
        {
            throw new RunException($"--folds scores each example of --train once; leave --test {test} out, and score "
                + "one model on it.");
        }
    }

    private static FineTuneOptions OptionsOf(FineTuneOptions options, int fold) => options with
    {
        Output = Path.Combine(options.Output, $"fold-{fold}"),
        Data = options.Data with { Fold = fold },
    };

    private static ScoredFold Score(FineTuneOptions options, CancellationToken cancellation)
    {
        using FinishedRun run = FinishedRun.Open(options.Output, new PredictorOptions());
        Dataset data = run.EvaluationData(cancellation);
        Metric metric = run.Task.FindMetric(run.Summary.Metric);
        EvaluationScores scores = run.Score(data, run.Labels, metric, _ => { }, cancellation);
        return new ScoredFold(options.Data.Fold!.Value, run.Task, data, run.Labels, metric, scores);
    }

    // The mark is there only while a program holds it.
    private static bool IsBegun(string path) => new StudyRunFolder(Path.Combine(path, "fold-1")).IsBegun;

    private static FileStream Take(string path)
    {
        string mark = Path.Combine(path, "folds.lock");
        if (File.Exists(path) || (Directory.Exists(path) && !File.Exists(mark) && !IsBegun(path)
            && Directory.EnumerateFileSystemEntries(path).Any()))
        {
            throw new StudyException(
                $"{path}: the output folder is not empty and holds no folds. Choose another --out.");
        }

        Directory.CreateDirectory(path);
        return HeldFile.TryTake(mark) ?? throw new StudyException(
            $"{path}: another program is writing to this folder. Wait for it, or choose another --out.");
    }
}
