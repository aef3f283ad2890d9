using System.Threading.Channels;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Data;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Commands;

/// <summary>The texts to label: rows of a file or of standard input.</summary>
internal sealed class TextSource
{
    private const int ReadAhead = 4096;

    private static readonly string[] TableExtensions = [".csv", ".tsv", ".tab", ".jsonl", ".ndjson"];

    private readonly Func<IEnumerable<DataRow>> _rows;
    private readonly string? _text;
    private readonly string? _pair;

    private TextSource(Func<IEnumerable<DataRow>> rows, string? text, string? pair)
    {
        _rows = rows;
        _text = text;
        _pair = pair;
    }

    /// <summary>
    /// The source the command line asks for; where no format is given or known by the extension, every line is a text.
    /// </summary>
    /// <exception cref="UsageException">Columns are asked of lines.</exception>
    public static TextSource Of(PredictArguments arguments, Terminal terminal)
    {
        string input = arguments.InputFile;
        TableOptions table = arguments.Table;
        bool isStream = input == PredictArguments.StandardInput;
        bool knows = !isStream && TableExtensions.Contains(Path.GetExtension(input).ToLowerInvariant());
        if (table.Format == DataFormat.Auto && !knows)
        {
            table = table with { Format = DataFormat.Lines };
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
            () => isStream ? TableReader.Read(terminal.Input, "standard input", table) : TableReader.Read(input, table),
            text,
            arguments.PairColumn);
    }

    /// <summary>The texts as they are asked for.</summary>
    /// <exception cref="DataFileException">The input cannot be read as it should be.</exception>
    public IEnumerable<Example> Read(ModelTask task)
    {
        ExampleColumns columns = new(_text ?? task.DefaultColumns.Text, _pair);
        return _rows().Select(row => task.ReadExample(row, columns));
    }

    /// <summary>
    /// The texts as they arrive, read ahead on another thread, so that the reader of this knows when it would have to
    /// wait.
    /// </summary>
    public IAsyncEnumerable<Example> ReadAsync(ModelTask task, CancellationToken cancellation)
    {
        Channel<Example> channel = Channel.CreateBounded<Example>(ReadAhead);
        _ = Task.Run(async () =>
        {
            try
            {
                foreach (Example text in Read(task))
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
}
