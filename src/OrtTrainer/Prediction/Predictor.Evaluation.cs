using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Prediction;

/// <content>Scores on labeled examples.</content>
public sealed partial class Predictor
{
    /// <summary>Scores the model on a file of labeled examples, as <c>orttrainer evaluate</c> does.</summary>
    /// <param name="data">The file, as <see cref="DataOptions.Train"/>, and its columns; its task is that of the
    /// model.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>All metrics that the task has for such data, and the mean <c>loss</c>, by name.</returns>
    /// <exception cref="RunException">Options do not fit the task.</exception>
    /// <exception cref="DataFileException">The file cannot be used.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between batches.</exception>
    public IReadOnlyDictionary<string, double> Evaluate(DataOptions data, CancellationToken cancellation = default)
    {
        EncodedDataset encoded = Load(data with { Task = Task }, cancellation: cancellation);
        using IDisposable? held = encoded.Inputs as IDisposable;
        return Evaluate(encoded, metric: null, cancellation: cancellation).Scores.Values;
    }

    /// <summary>Reads and tokenizes a file to score the model on, which its task reads.</summary>
    /// <param name="data">The file, as <see cref="DataOptions.Train"/>, and how to read it.</param>
    /// <param name="note">Told what the look of the file decided; null for nobody.</param>
    /// <param name="cancellation">Stops between examples.</param>
    /// <exception cref="RunException">Options do not fit the task.</exception>
    /// <exception cref="DataFileException">The file cannot be used.</exception>
    internal EncodedDataset Load(
        DataOptions data, Action<string>? note = null, CancellationToken cancellation = default) =>
        Task.LoadScored(new ScoredReading(
            data, Labels, _tokenizer, MaxLength, _options.Stride, _options.Execution.IntraOpThreads, note,
            cancellation));

    /// <summary>Scores the model on what <see cref="Load"/> gave.</summary>
    /// <param name="data">The examples.</param>
    /// <param name="metric">The metric that decides, by name; null for that of the task.</param>
    /// <param name="note">Told what of the data is left out, such as what is cut; null for nobody.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>The metric that decided, and the scores in all.</returns>
    /// <exception cref="ArgumentException">The task has no such metric.</exception>
    /// <exception cref="RunException">The metric is not defined for these data.</exception>
    /// <exception cref="OperationCanceledException">Cancelled between batches.</exception>
    internal (Metric Metric, EvaluationScores Scores) Evaluate(
        EncodedDataset data, string? metric, Action<string>? note = null, CancellationToken cancellation = default)
    {
        Metric deciding = Task.MetricFor(metric, data.Source);
        return (deciding, Evaluate(data, deciding, order: null, note, cancellation));
    }

    /// <summary>Scores the model on labeled examples.</summary>
    /// <param name="data">The examples, with the labels of this model.</param>
    /// <param name="metric">The metric that decides.</param>
    /// <param name="order">For each label of <paramref name="data"/>, its place among <see cref="Labels"/>; null where
    /// both are in the same order.</param>
    /// <param name="note">Told what of the data is left out, such as what is cut; null for nobody.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="OperationCanceledException">Cancelled between batches.</exception>
    internal EvaluationScores Evaluate(
        Dataset data, Metric metric, IReadOnlyList<int>? order = null, Action<string>? note = null,
        CancellationToken cancellation = default)
    {
        EncodedDataset encoded = Task.Encode(
            data, _tokenizer, MaxLength, _options.Execution.IntraOpThreads, cancellation, _options.Stride);
        return Evaluate(encoded, metric, order, note, cancellation);
    }

    private EvaluationScores Evaluate(
        EncodedDataset data, Metric metric, IReadOnlyList<int>? order, Action<string>? note,
        CancellationToken cancellation)
    {
        RequireKnownIds(data.Inputs);
        foreach (string line in Task.LeftOut(data))
        {
            note?.Invoke($"{data.Source.Source}: {line}");
        }

        return _model.Score(Task, data, metric, order, _options.TokensPerBatch, cancellation);
    }
}
