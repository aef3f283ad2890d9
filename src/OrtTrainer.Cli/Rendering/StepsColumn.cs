using Spectre.Console;
using Spectre.Console.Rendering;

namespace OrtTrainer.Cli.Rendering;

/// <summary>Steps done of all: <c>40/465</c>; empty before it is known how many there are.</summary>
internal sealed class StepsColumn : ProgressColumn
{
    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Spectre.Console.Text(
            task.IsIndeterminate ? "" : $"{Figures.Count(task.Value)}/{Figures.Count(task.MaxValue)}");
}
