using System.Text;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Commands;

/// <summary>
/// Predictions in a file: a table, vectors or JSON Lines, by its name. Texts are predicted in full windows, and what is
/// at the path changes only when all is done.
/// </summary>
internal sealed class PredictionFile
{
    private static readonly string[] OtherFormats = [".tsv", ".xlsx", ".parquet", ".arrow", ".npz"];

    private readonly string _path;
    private readonly Predictor _predictor;
    private readonly PredictionLine _line;

    /// <param name="path">The file.</param>
    /// <param name="predictor">The model.</param>
    public PredictionFile(string path, Predictor predictor)
    {
        _path = path;
        _predictor = predictor;
        _line = new PredictionLine(predictor.Task, predictor.Labels);
    }

    /// <summary>Refuses a name that promises something else.</summary>
    /// <exception cref="UsageException">It does.</exception>
    public static void RequireFormat(string? path)
    {
        if (path is not null && OtherFormats.FirstOrDefault(format => EndsWith(path, format)) is { } other)
        {
            throw new UsageException(
                $"--output is {path}; predictions are not written as {other}, but as JSON Lines (.jsonl), as a table "
                + $"({PredictedTable.Extension}), or as vectors ({VectorFile.Extension}).");
        }
    }

    /// <summary>Predicts all texts of a source.</summary>
    /// <param name="source">The texts. They are read on another thread, since waiting for standard input cannot be
    /// interrupted.</param>
    /// <param name="counted">Sees every prediction.</param>
    /// <param name="cancellation">Stops between windows.</param>
    /// <exception cref="RunException">The file cannot hold such predictions, or cannot be written.</exception>
    public void Write(
        TextSource source, Func<TextPrediction, TextPrediction> counted, CancellationToken cancellation) =>
        AtomicFile.Write(_path, stream =>
        {
            if (EndsWith(_path, PredictedTable.Extension))
            {
                WriteTable(stream, source.ReadRowsAsync(_predictor.Task, cancellation)
                    .ToBlockingEnumerable(cancellation), counted, cancellation);
                return;
            }

            IEnumerable<TextPrediction> predictions = _predictor.PredictStream(
                source.ReadAsync(_predictor.Task, cancellation).ToBlockingEnumerable(cancellation), cancellation)
                .Select(counted);
            if (EndsWith(_path, VectorFile.Extension))
            {
                WriteVectors(stream, predictions);
            }
            else
            {
                WriteLines(stream, predictions);
            }
        });

    private void WriteTable(
        Stream stream, IEnumerable<(DataRow Row, Example Text)> read, Func<TextPrediction, TextPrediction> counted,
        CancellationToken cancellation)
    {
        using StreamWriter writer = WriterOf(stream);
        PredictedTable table = new(writer, _line);
        Queue<DataRow> rows = new();
        IEnumerable<Example> texts = read.Select(pair =>
        {
            rows.Enqueue(pair.Row);
            return pair.Text;
        });
        foreach (TextPrediction prediction in _predictor.PredictStream(texts, cancellation))
        {
            table.Add(rows.Dequeue(), counted(prediction));
        }
    }

    private void WriteLines(Stream stream, IEnumerable<TextPrediction> predictions)
    {
        using StreamWriter writer = WriterOf(stream);
        foreach (TextPrediction prediction in predictions)
        {
            writer.Write(_line.Of(prediction));
            writer.Write('\n');
        }
    }

    private void WriteVectors(Stream stream, IEnumerable<TextPrediction> predictions)
    {
        VectorFile vectors = new(stream, _predictor.Labels.Count);
        vectors.Start();
        foreach (TextPrediction prediction in predictions)
        {
            vectors.Add(prediction);
        }

        vectors.Finish();
    }

    private static StreamWriter WriterOf(Stream stream) => new(stream, new UTF8Encoding(false), leaveOpen: true);

    private static bool EndsWith(string path, string extension) =>
        path.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
