using OrtTrainer.Checkpoints;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Prediction;
using OrtTrainer.Tasks;
using OrtTrainer.Tasks.Regression;

namespace OrtTrainer.Cli.Commands;

/// <summary><c>init</c>: options to start from, by the look of the data.</summary>
internal static class InitCommand
{
    private const string DefaultOutput = "options.json";

    // From so many different numbers on, a column of them is a scale, not classes.
    private const int MostClasses = 20;

    public static Task<int> RunAsync(InitArguments arguments, Terminal terminal, CancellationToken interruption)
    {
        string output = arguments.Output ?? DefaultOutput;
        if (File.Exists(output) || Directory.Exists(output))
        {
            throw new RunException($"{output} is there already and stays as it is. Choose another --out.");
        }

        string file = arguments.Data;
        HashSet<string> told = [];
        DataRow[] rows = [.. TableReader.Read(file, arguments.Table, Tell, interruption)];
        if (rows.Length == 0)
        {
            throw new DataFileException(file, null, "there are no rows in it; expected at least one example.");
        }

        ColumnGuess columns =
            ColumnGuess.Of(file, rows, arguments.TextColumn, arguments.PairColumn, arguments.LabelColumn);
        if (columns.OtherLabels.Count > 0)
        {
            terminal.Note(
                $"'{columns.Label}' is taken for the label, as it has the fewest different values; "
                + $"{string.Join(", ", columns.OtherLabels.Select(name => $"'{name}'"))} could be it, too. Name the "
                + "right one: --label COL.");
        }

        ModelTask task = OptionErrors.Guard(
            typeof(InitArguments), () => ModelTask.Named(arguments.Task ?? TaskOf(rows, columns.Label)));
        DataOptions data = arguments.DataOf(file, task) with
        {
            Eval = arguments.Eval,
            Test = arguments.Test,
            TextColumn = columns.Text,
            PairColumn = columns.Pair,
            LabelColumn = columns.Label,
        };
        Dataset train = LabeledData.LoadTrain(data, Tell, interruption);
        string? model = arguments.Model is { } folder ? ModelFolder.Require(folder) : null;
        LengthSummary? lengths = model is null
            ? null
            : DebugDataCommand.LengthsOf(
                model, SequenceLimit.Of(model, ModelConfig.Load(model), asked: null), task, train);
        string text = new OptionsProposal(
            data, train, lengths, model == EmbeddedDefault.Model ? EmbeddedDefault.Name : model).ToText();
        AtomicFile.WriteText(output, text);
        terminal.Out.Write(text);
        terminal.WriteLines(
        [
            $"Written to {ShownPath.Of(Path.GetFullPath(output))}. Look through it, then train:",
            $"  {CliApp.Name} finetune --options {ShownPath.Of(Path.GetFullPath(output))}"
                + (model is null ? " --model DIR" : "") + " --out DIR",
        ]);
        return Task.FromResult(ExitCode.Done);

        // The file is read twice.
        void Tell(string note)
        {
            if (told.Add(note))
            {
                terminal.Note(note);
            }
        }
    }

    private static string TaskOf(DataRow[] rows, string label)
    {
        string[] labels = [.. rows.Select(row => row[label].Trim())];
        if (labels.Any(field => field.StartsWith('[') || field.Contains('|', StringComparison.Ordinal)))
        {
            return "multi_label";
        }

        bool decimalComma = rows[0].Columns.DecimalComma;
        bool areNumbers = labels.All(field => RegressionTask.NumberIn(field, decimalComma) is not null);
        return areNumbers && labels.Distinct(StringComparer.Ordinal).Count() > MostClasses
            ? "regression"
            : "classification";
    }
}
