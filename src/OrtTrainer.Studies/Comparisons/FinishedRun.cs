using System.Globalization;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Options;
using OrtTrainer.Prediction;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;

namespace OrtTrainer.Studies.Comparisons;

/// <summary>A finished run with its exported model, ready to be scored.</summary>
internal sealed class FinishedRun : IDisposable
{
    // Of the loss, between the training graph's kernels that made the summary and the exported model.
    private const double LossTolerance = 1e-3;

    private readonly Predictor _predictor;

    private FinishedRun(string folder, FineTuneOptions options, RunSummary summary, Predictor predictor)
    {
        Folder = folder;
        Options = options;
        Summary = summary;
        _predictor = predictor;
    }

    public string Folder { get; }

    public FineTuneOptions Options { get; }

    public RunSummary Summary { get; }

    public IReadOnlyList<string> Labels => _predictor.Labels;

    public ModelTask Task => _predictor.Task;

    private DataOptions Data => Options.Data with { Task = Task };

    /// <exception cref="RunException">There is no finished run in the folder.</exception>
    public static FinishedRun Open(string folder, PredictorOptions predictor)
    {
        RunSummary summary = RunSummary.Read(folder);
        FineTuneOptions options = FineTuneOptions.Read(RunFolder.OptionsFileOf(folder));
        return new FinishedRun(
            folder, options, summary, Predictor.Open(folder, predictor with { Stride = options.Stride }));
    }

    /// <summary>The evaluation data of the run, read again.</summary>
    public Dataset EvaluationData(CancellationToken cancellation) => Options.Data.Eval is { } file
        ? Read(file, cancellation)
        : LabeledData.Load(Data with { ModelLabels = Labels }, cancellation: cancellation).Eval;

    /// <summary>The test data of the run, read again.</summary>
    /// <exception cref="RunException">It had none.</exception>
    public Dataset TestData(CancellationToken cancellation) => Options.Data.Test is { } file
        ? Read(file, cancellation)
        : throw new RunException($"{Folder}: the run had no test data; leave --test out, or give a file as --data.");

    /// <summary>A file with the columns of the run's data and its model's labels.</summary>
    public Dataset Read(string file, CancellationToken cancellation) =>
        LabeledData.Read(file, Data, Task.LabelsOf(Labels), cancellation: cancellation);

    /// <summary>Scores the exported model.</summary>
    /// <param name="data">Labelled examples.</param>
    /// <param name="labels">The labels in the order of <paramref name="data"/>, which may be another than the
    /// model's.</param>
    /// <param name="metric">The metric that decides.</param>
    /// <param name="note">Told what of the data is left out.</param>
    /// <param name="cancellation">Ends the work between batches.</param>
    public EvaluationScores Score(
        Dataset data, IReadOnlyList<string> labels, Metric metric, Action<string> note,
        CancellationToken cancellation)
    {
        List<string> own = [.. Labels];
        int[]? order = data.Labels is null ? null : [.. labels.Select(label => own.IndexOf(label))];
        return _predictor.Evaluate(data, metric, order, line => note($"{Folder}: {line}"), cancellation);
    }

    /// <summary>Says so where the data of the run, or the exported model, are not those that the run
    /// scored.</summary>
    /// <param name="now">What the exported model scores now.</param>
    /// <param name="test">Whether on the test data; otherwise on the evaluation data.</param>
    public string? Change(EvaluationScores now, bool test)
    {
        double then = ((test, Summary.ExportsAverage) switch
        {
            (false, false) => Summary.EvalLive,
            (false, true) => Summary.EvalAveraged,
            (true, false) => Summary.TestLiveScores,
            (true, true) => Summary.TestAveragedScores,
        })!["loss"];
        return Math.Abs(now.Values["loss"] - then) <= LossTolerance * Math.Max(1, Math.Abs(then))
            ? null
            : string.Create(CultureInfo.InvariantCulture,
                $"{Folder}: the loss on its {(test ? "test" : "evaluation")} data was {then:G4} in the run and is " +
                $"{now.Values["loss"]:G4} now: the data or the model have changed since");
    }

    public void Dispose() => _predictor.Dispose();
}
