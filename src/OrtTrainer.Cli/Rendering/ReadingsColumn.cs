using Spectre.Console;
using Spectre.Console.Rendering;

namespace OrtTrainer.Cli.Rendering;

/// <summary>Loss, learning rate, speed and the time that is left, of the latest step.</summary>
internal sealed class ReadingsColumn(RunReadings readings) : ProgressColumn
{
    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Spectre.Console.Text(
        readings.Last is { } step
            ? $"{RunLines.Loss(step.Report.Terms)}  rate {Figures.Short(step.Report.LearningRate)}  " +
                $"{Figures.Count(step.TokensPerSecond)} tokens/s  {Figures.Time(step.Remaining)} left"
            : "starting");
}
