using OrtTrainer.Studies.Flatness;
using Spectre.Console;

namespace OrtTrainer.Cli.Rendering;

/// <summary>Flatness as a table: a row per measure, a column per set of weights.</summary>
internal static class FlatnessTable
{
    public static void Print(FlatnessReport report, Terminal terminal)
    {
        terminal.Out.WriteLine();
        terminal.Out.WriteLine($"{Figures.Count(report.Examples)} examples of {report.Data}");
        Table table = new Table().Border(TableBorder.Simple).AddColumn("");
        foreach (WeightsFlatness weights in report.Weights)
        {
            table.AddColumn(new TableColumn(Markup.Escape(weights.Name)).RightAligned());
        }

        foreach (FlatnessMeasure measure in FlatnessMeasure.Of(report))
        {
            table.AddRow([Markup.Escape(measure.Name), .. measure.Values.Select(Markup.Escape)]);
        }

        terminal.CreateConsole().Write(table);
        terminal.WriteLines(FlatnessMeasure.Remarks(report));
    }
}
