using System.Globalization;
using OrtTrainer.Options;
using OrtTrainer.Runs;

namespace OrtTrainer.Cli.Rendering;

/// <summary>
/// A run as one table, a row for every evaluation and, in a log, for steps in between: losses are means since the row
/// above. It is never wider than the terminal; where there is little room, heads are short and columns are left out.
/// </summary>
/// <param name="width">Columns of the terminal.</param>
/// <param name="options">The run's options.</param>
/// <param name="facts">What the run is.</param>
internal sealed class TrainingTable(int width, FineTuneOptions options, RunEvent.Started facts)
{
    /// <summary>Rows after which the head stands again.</summary>
    public const int RowsPerHead = 20;

    private const string Nothing = "-";
    private const char BestMark = '*';

    private readonly SortedSet<int> _parts = [];
    private MeanLosses _losses = MeanLosses.None;
    private RunEvent.Stepped? _last;
    private IReadOnlyList<TrainingColumn> _columns = [];
    private bool _shortened;
    private int _rowsLeft;
    private bool _knowsPast;
    private double _bestLive = double.NaN, _bestAveraged = double.NaN;

    /// <summary>Takes a step into the means of the next row.</summary>
    public void Add(RunEvent.Stepped step)
    {
        _last = step;
        _losses = _losses.With(step.Report.Terms);
        for (int part = 0; part < MeanLosses.Parts.Count; part++)
        {
            // A part that comes later in a run gets a column, and the head stands again.
            if (MeanLosses.Parts[part].Mean(_losses) != 0 && _parts.Add(part))
            {
                _rowsLeft = 0;
            }
        }
    }

    /// <summary>A row for the steps since the last one, with the head where it is due.</summary>
    public IEnumerable<string> StepRow() => Lines(Row(_last?.Report.Step ?? facts.StartStep), metric: null);

    /// <summary>A row for an evaluation, with the head where it is due.</summary>
    public IEnumerable<string> EvaluationRow(RunEvent.Evaluated e)
    {
        LearnPast(e.Metric);
        double live = e.Point.Live[e.Metric];
        double? averaged = e.Point.Averaged?[e.Metric];
        return Lines(
            Row(e.Point.Step) with
            {
                Live = live,
                IsBestLive = IsBest(e.Metric, live, ref _bestLive),
                Averaged = averaged,
                IsBestAveraged = averaged is { } score && IsBest(e.Metric, score, ref _bestAveraged),
                EvalLoss = e.Point.Live.GetValueOrDefault("loss", double.NaN),
            },
            e.Metric);
    }

    private TrainingRow Row(long step)
    {
        TrainingRow row = new(step, _losses.Steps == 0 ? null : _losses, _last);
        _losses = MeanLosses.None;
        return row;
    }

    private IEnumerable<string> Lines(TrainingRow row, string? metric)
    {
        if (_rowsLeft == 0)
        {
            (_columns, _shortened) = TrainingColumn.Fitting([.. Columns()], width);
            _rowsLeft = RowsPerHead;
            foreach (string line in WrappedLine.Of(Legend(metric), width))
            {
                yield return line;
            }

            yield return Line(column => _shortened ? column.Short : column.Name);
        }

        _rowsLeft--;
        yield return Line(column => column.Cell(row));
    }

    private string Legend(string? metric) =>
        $"scores: {metric ?? facts.Metric ?? options.Data.Task.DefaultMetric.Name} on eval; {BestMark} best so far";

    private string Line(Func<TrainingColumn, string> text)
    {
        string line = string.Join(
            new string(' ', TrainingColumn.Gap),
            _columns.Select(column => text(column).PadLeft(column.WidthWith(_shortened))));
        return line.Length <= width ? line : line[..width];
    }

    // Parts of the loss give way first, then what the bar says too.
    private IEnumerable<TrainingColumn> Columns()
    {
        int steps = Math.Max(Figures.Count(facts.TotalSteps).Length, "step".Length);
        yield return new("step", "step", steps, 0, row => Figures.Count(row.Step));
        double perEpoch = Math.Max(facts.StepsPerEpoch, 1);
        int epochs = Epochs(facts.TotalSteps / perEpoch).Length;
        yield return new("epoch", "epoch", epochs, 3, row => Epochs(row.Step / perEpoch));
        yield return new("loss", "loss", 7, 1, row => Number(row.Losses?.Total));
        if (_parts.Count > 1)
        {
            foreach (int part in _parts)
            {
                (string name, Func<MeanLosses, double> mean) = MeanLosses.Parts[part];
                yield return new(name, name, 7, 8, row => Number(row.Losses is { } means ? mean(means) : null));
            }
        }

        yield return new("rate", "rate", 8, 4, row =>
            row.Last is { } last ? Figures.Short(last.Report.LearningRate) : Nothing);
        yield return new("eval loss", "eval", 7, 7, row => Number(row.EvalLoss));
        yield return new("live", "live", 8, 0, row => Marked(row.Live, row.IsBestLive));
        if (options.Method.Averaging is not null)
        {
            yield return new("averaged", "averaged", 8, 2, row => Marked(row.Averaged, row.IsBestAveraged));
        }

        yield return new("tokens/s", "tok/s", 7, 5, row =>
            row.Last is { } last ? Figures.Count(last.TokensPerSecond) : Nothing);
        yield return new("left", "left", 7, 6, row => row.Last is { } last ? Figures.Time(last.Remaining) : Nothing);
    }

    private static string Marked(double? score, bool isBest) => score is null ? $"{Nothing} "
        : Number(score) + (isBest ? BestMark : ' ');

    /// <summary>A loss or a score in seven places, to four decimals where it is small.</summary>
    private static string Number(double? value) => value is not { } number ? Nothing : Math.Abs(number) switch
    {
        < 100 => number.ToString("0.0000", CultureInfo.InvariantCulture),
        < 10_000 => number.ToString("0.00", CultureInfo.InvariantCulture),
        _ => Figures.Short(number),
    };

    private static string Epochs(double epochs) => epochs.ToString("0.00", CultureInfo.InvariantCulture);

    private bool IsBest(string metric, double score, ref double best)
    {
        if (!options.Data.Task.FindMetric(metric).IsBetter(score, best))
        {
            return false;
        }

        best = score;
        return true;
    }

    // What a resumed run scored before it was interrupted counts too.
    private void LearnPast(string metric)
    {
        if (_knowsPast)
        {
            return;
        }

        _knowsPast = true;
        foreach (EvaluationPoint point in facts.Past)
        {
            _ = IsBest(metric, point.Live[metric], ref _bestLive);
            _ = point.Averaged is { } averaged && IsBest(metric, averaged[metric], ref _bestAveraged);
        }
    }
}
