using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Export;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Cli.Commands;

/// <summary>
/// What <c>export --eval</c> scores an export on: read before anything is written, so that a file that cannot be used
/// leaves no folder behind.
/// </summary>
internal sealed class ScoredExport : IDisposable
{
    private readonly string _file;
    private readonly EncodedDataset _data;
    private readonly Metric _metric;
    private readonly ExecutionOptions _execution = new();

    /// <param name="file">The labeled file.</param>
    /// <param name="arguments">How it is read, and the metric.</param>
    /// <param name="source">What is exported.</param>
    /// <param name="note">Told what of the data is left out, such as what is cut.</param>
    /// <param name="cancellation">Stops reading.</param>
    /// <exception cref="DataFileException">The file cannot be used.</exception>
    /// <exception cref="RunException">The metric is not defined for its data.</exception>
    public ScoredExport(
        string file, ExportArguments arguments, ExportSource source, Action<string> note,
        CancellationToken cancellation)
    {
        (FineTunedModel model, _file) = (source.Model, file);
        string folder = model.TokenizerFolder!;
        _data = model.Task.LoadScored(new ScoredReading(
            arguments.DataOf(file, model.Task), model.Labels, Tokenizer.Load(folder),
            SequenceLimit.Of(folder, model.Config, model.MaxLength), Stride: null, _execution.IntraOpThreads, note,
            cancellation));
        foreach (string line in model.Task.LeftOut(_data))
        {
            note($"{file}: {line}");
        }

        _metric = model.Task.MetricFor(arguments.Run is null ? null : source.Provenance.Metric, _data.Source);
    }

    /// <summary>Scores the export and says how it does, in lines.</summary>
    /// <inheritdoc cref="ExportScores.Of" path="/exception"/>
    public IEnumerable<string> Lines(string folder, CancellationToken cancellation)
    {
        ExportScores scores = ExportScores.Of(folder, _data, _metric, _execution, cancellation);
        string place = $"{scores.Metric.Name} on {Figures.Count(scores.Exact.Examples.Count, "example")} of "
            + $"{ShownPath.Of(_file)}, on ONNX Runtime";
        if (scores is not { Quantized: { } quantized, Change: { } change })
        {
            yield return $"{place}: {Figures.Score(scores.Exact.Score)}";
            yield break;
        }

        yield return $"{place}: float32 {Figures.Score(scores.Exact.Score)}, int8 {Figures.Score(quantized.Score)}";
        yield return change.Resamples == 0
            ? "int8 - float32: not defined on these examples"
            : $"int8 - float32: {Figures.Difference(change.Difference)}, 95 % interval "
                + $"{Figures.Difference(change.Lower)} to {Figures.Difference(change.Upper)}";
    }

    public void Dispose() => (_data.Inputs as IDisposable)?.Dispose();
}
