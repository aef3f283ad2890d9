using Spectre.Console;
using Spectre.Console.Rendering;

namespace OrtTrainer.Cli.Rendering;

/// <summary>Steps done of all: <c>40/465</c>.</summary>
internal sealed class StepsColumn : ProgressColumn
{
    protected override bool NoWrap => true;

    public override IRenderable Render(RenderOptions options, ProgressTask task, TimeSpan deltaTime) =>
        new Spectre.Console.Text($"{Figures.Count(task.Value)}/{Figures.Count(task.MaxValue)}");
}
