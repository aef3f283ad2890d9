using OrtTrainer.Runs;

namespace OrtTrainer.Cli.Rendering;

/// <summary>Events of a run as lines of text.</summary>
internal static class RunLines
{
    public static string Step(RunEvent.Stepped e, long total)
    {
        string width = Figures.Count(total);
        string step = Figures.Count(e.Report.Step).PadLeft(width.Length);
        return $"step {step}/{width}  loss {Figures.Score(e.Report.Loss)}  " +
            $"rate {Figures.Short(e.Report.LearningRate)}  {Figures.Count(e.TokensPerSecond)} tokens/s  " +
            $"{Figures.Time(e.Remaining)} left";
    }

    public static string Evaluation(RunEvent.Evaluated e)
    {
        string live = Scores(e.Point.Live, e.Metric);
        string averaged = e.Point.Averaged is { } scores ? $", averaged {Scores(scores, e.Metric)}" : "";
        return $"eval at step {Figures.Count(e.Point.Step)}: {e.Metric} live {live}{averaged}";
    }

    public static IEnumerable<string> Interruption(string output)
    {
        string folder = ShownPath.Of(output);
        yield return "Interrupted; what was done is saved. Go on with:";
        yield return $"  {CliApp.Name} finetune --resume {folder}";
    }

    private static string Scores(IReadOnlyDictionary<string, double> scores, string metric) =>
        $"{Figures.Score(scores[metric])} (loss {Figures.Score(scores["loss"])})";
}
