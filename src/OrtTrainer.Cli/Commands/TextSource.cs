using System.Threading.Channels;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.CausalLanguageModel;

namespace OrtTrainer.Cli.Commands;

/// <summary>The texts to label: rows of a file or of standard input.</summary>
internal sealed class TextSource
{
    private const int ReadAhead = 4096;

    /// <summary>Extensions of plain text; a file without any is that as well.</summary>
    private static readonly string[] TextExtensions = ["", ".txt", ".text"];

    private readonly Func<CancellationToken, IEnumerable<DataRow>> _rows;
    private readonly string? _path;
    private readonly string? _text;
    private readonly string? _pair;
    private readonly TrainedColumns? _model;

    private TextSource(
        Func<CancellationToken, IEnumerable<DataRow>> rows, string? path, string? text, string? pair,
        TrainedColumns? model)
    {
        _rows = rows;
        _path = path;
        _text = text;
        _pair = pair;
        _model = model;
    }

    /// <summary>
    /// The source the command line asks for. Every line of standard input and of a .txt file is a text where no format
    /// is given.
    /// </summary>
    /// <exception cref="UsageException">Columns are asked of lines, or the input is a text in place of a
    /// file.</exception>
    /// <param name="arguments">How it is read.</param>
    /// <param name="input">The file, or what stands for standard input.</param>
    /// <param name="terminal">Has standard input, and is told what the look of the input decided.</param>
    /// <param name="model">The columns that the model was trained on, which a row that has them is read by where no
    /// other is named; null for none.</param>
    public static TextSource Of(
        TableArguments arguments, string input, Terminal terminal, TrainedColumns? model = null)
    {
        TableOptions table = arguments.Table;
        bool isStream = input == PredictArguments.StandardInput;
        if (table.Format == DataFormat.Auto
            && (isStream || TextExtensions.Contains(TableReader.ExtensionOf(input))))
        {
            table = table with { Format = DataFormat.Lines };
        }

        if (!isStream && input.Contains(' ', StringComparison.Ordinal) && !Path.Exists(input)
            && Path.GetFileName(input) == input)
        {
            throw new UsageException(
                $"--input is '{input}', and there is no such file. A text itself comes by standard input: "
                + "echo \"…\" | orttrainer predict --model DIR --input -");
        }

        string? text = arguments.TextColumn;
        if (table.Format == DataFormat.Lines)
        {
            if (arguments.PairColumn is not null || table.Columns is { Count: > 1 })
            {
                throw new UsageException(
                    "every line of the input is one text: for columns, add --format csv, tsv or jsonl.");
            }

            text ??= "text";
            table = table with { Columns = [text] };
        }

        return new TextSource(
            cancellation => isStream
                ? TableReader.Read(terminal.Input, "standard input", table, terminal.Note, cancellation)
                : TableReader.Read(input, table, terminal.Note, cancellation),
            isStream ? null : input,
            text,
            arguments.PairColumn,
            model);
    }

    /// <summary>
    /// The texts as they arrive, read ahead on another thread, so that the reader of this knows when it would have to
    /// wait, and waits no longer than until the cancellation.
    /// </summary>
    /// <exception cref="DataFileException">The input cannot be read as it should be.</exception>
    public IAsyncEnumerable<Example> ReadAsync(ModelTask task, CancellationToken cancellation) =>
        ReadAsync(Read(task, cancellation), cancellation);

    /// <summary>The texts in the same way, each with the row that it stands in.</summary>
    /// <exception cref="RunException">The texts of the task's files stand in no rows.</exception>
    /// <inheritdoc cref="ReadAsync(ModelTask, CancellationToken)"/>
    public IAsyncEnumerable<(DataRow Row, Example Text)> ReadRowsAsync(
        ModelTask task, CancellationToken cancellation) => _path is null || task.InputsAt(_path) is null
        ? ReadAsync(ReadRows(task, cancellation), cancellation)
        : throw new RunException(
            $"{_path}: a table of predictions has the columns of its rows, and there are none. Give an --output that "
            + "ends in .jsonl.");

    /// <summary>Prompts, in the same way: a text each, or a conversation.</summary>
    /// <param name="column">Their column where none is named.</param>
    /// <param name="cancellation">Stops waiting.</param>
    /// <inheritdoc cref="ReadAsync(ModelTask, CancellationToken)"/>
    public IAsyncEnumerable<Example> ReadPromptsAsync(string column, CancellationToken cancellation)
    {
        ExampleColumns columns = new(_text ?? column);
        return ReadAsync(_rows(cancellation).Select(PromptOf), cancellation);

        Example PromptOf(DataRow row) =>
            PromptRows.HoldsChat(row, columns) ? ChatRows.ReadQuestion(row) : PromptRows.Read(row, columns);
    }

    private static IAsyncEnumerable<T> ReadAsync<T>(IEnumerable<T> texts, CancellationToken cancellation)
    {
        Channel<T> channel = Channel.CreateBounded<T>(ReadAhead);
        _ = Task.Run(async () =>
        {
            try
            {
                foreach (T text in texts)
                {
                    await channel.Writer.WriteAsync(text, cancellation);
                }

                channel.Writer.Complete();
            }
            catch (Exception failure)
            {
                // It surfaces where the texts are read.
                channel.Writer.Complete(failure);
            }
        }, CancellationToken.None);
        return channel.Reader.ReadAllAsync(cancellation);
    }

    private IEnumerable<Example> Read(ModelTask task, CancellationToken cancellation)
    {
        if (_path is not null && task.InputsAt(_path) is { } inputs)
        {
            return inputs;
        }

        return ReadRows(task, cancellation).Select(read => read.Text);
    }

    private IEnumerable<(DataRow Row, Example Text)> ReadRows(ModelTask task, CancellationToken cancellation)
    {
        return _rows(cancellation).SelectMany(
            row => task.ReadExamples(row, ColumnsOf(row, task)), (row, text) => (row, text));
    }

    private ExampleColumns ColumnsOf(DataRow row, ModelTask task)
    {
        TrainedColumns? model = _model?.In(row.Columns);
        return new(
            _text ?? model?.Text ?? task.DefaultColumns.Text, _pair ?? model?.Pair ?? task.DefaultColumns.Pair);
    }
}
