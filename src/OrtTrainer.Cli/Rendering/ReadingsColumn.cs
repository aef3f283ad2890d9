using OrtTrainer.Runs;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace OrtTrainer.Cli.Rendering;

/// <summary>
/// Loss, learning rate, speed and the time that is left, of the latest step: as much of it as fits beside the bar.
/// </summary>
/// <param name="readings">What is shown.</param>
/// <param name="width">Columns there are for it.</param>
internal sealed class ReadingsColumn(RunReadings readings, int width) : ProgressColumn
{
    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Spectre.Console.Text(readings.Last is { } step ? Fitting(step, width) : "starting");

    /// <summary>The longest of several wordings that is not too wide.</summary>
    internal static string Fitting(RunEvent.Stepped step, int width)
    {
        string scale = RunLines.Scale(step.Report);
        string loss = RunLines.Loss(step.Report.Terms) + scale, total = RunLines.TotalLoss(step.Report.Terms);
        string rate = $"rate {Figures.Short(step.Report.LearningRate)}";
        string speed = $"{Figures.Count(step.TokensPerSecond)} tokens/s";
        string left = $"{Figures.Time(step.Remaining)} left";
        string[][] wordings =
            [[loss, rate, speed, left], [total, rate, speed, left], [total, rate, left], [total, left]];
        return wordings.Select(parts => string.Join("  ", parts))
            .FirstOrDefault(text => WrappedLine.Cells(text) <= width, total[..Math.Min(total.Length, width)]);
    }
}
