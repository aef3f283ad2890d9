using System.Globalization;
using OrtTrainer.Import;

namespace OrtTrainer.Cli.Rendering;

/// <summary>The findings of <c>doctor</c> in lines, the verdict last.</summary>
internal static class DoctorLines
{
    public static IEnumerable<string> Of(DoctorReport report)
    {
        string opset = report.Opset is { } version ? $"opset {version}" : "no opset";
        string producer = report.Producer.Length > 0 ? $", by {report.Producer}" : "";
        yield return $"{ShownPath.Of(report.File)}: {opset}{producer}";
        if (report.Operators.Count > 0)
        {
            yield return "operators (* without a gradient here, ? not known here):";
            foreach (string line in Wrapped(report.Operators.Select(Text)))
            {
                yield return $"  {line}";
            }
        }

        if (report.Weights > 0)
        {
            yield return $"weights: {Figures.Count(report.Weights)} tensors, " +
                $"{Figures.Count(report.Parameters)} parameters";
        }

        foreach (string input in report.Inputs)
        {
            yield return $"input {input}";
        }

        foreach (string output in report.Outputs)
        {
            yield return $"output {output}";
        }

        if (report.Ties.Count > 0)
        {
            yield return $"used more than once: {string.Join(", ", report.Ties)}";
        }

        if (report.Softmaxes > 0)
        {
            yield return $"attention: {report.Attention} of {report.Softmaxes} sites are recognized";
            if (report.Attention < report.Softmaxes)
            {
                yield return "  the others are trained node by node: as exactly, but slower and without dropout";
            }
        }

        if (report.BytesPerBatch is { } bytes)
        {
            string size = (bytes / 1e9).ToString("0.00", CultureInfo.InvariantCulture);
            yield return $"memory: {size} GB for 32 texts of 128 tokens or 32 images, if all that is computed is kept";
        }

        foreach (string note in report.Notes)
        {
            yield return $"note: {note}";
        }

        yield return report.Obstacle is { } obstacle
            ? $"cannot be trained: {(obstacle.Node is null ? "" : $"'{obstacle.Node}': ")}{obstacle.Problem}"
            : "can be trained: orttrainer import FILE --out DIR, or --model FILE";
        if (report.Obstacle is { } found)
        {
            yield return $"  {found.Advice}";
        }
    }

    private static string Text(OperatorUse use) =>
        $"{use.Name}{(!use.Known ? "?" : use.HasGradient ? "" : "*")} {Figures.Count(use.Count)}";

    private static IEnumerable<string> Wrapped(IEnumerable<string> words)
    {
        const int width = 96;
        string line = "";
        foreach (string word in words)
        {
            if (line.Length > 0 && line.Length + 2 + word.Length > width)
            {
                yield return line;
                line = "";
            }

            line += (line.Length > 0 ? ", " : "") + word;
        }

        yield return line;
    }
}
