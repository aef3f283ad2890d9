using System.Globalization;
using OrtTrainer.Common;

namespace OrtTrainer.Studies.Flatness;

/// <summary>A measure of flatness in words and figures, for tables.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Values">Its value for each set of weights.</param>
internal sealed record FlatnessMeasure(string Name, IReadOnlyList<string> Values)
{
    /// <summary>The measures of a report.</summary>
    public static IReadOnlyList<FlatnessMeasure> Of(FlatnessReport report)
    {
        FlatnessOptions options = report.Options;
        return
        [
            Row("loss", w => Fixed(w.Loss)),
            Row(report.Metric, w => Fixed(w.Score)),
            Row("gradient norm", w => Short(w.GradientNorm)),
            Row($"SAM sharpness, rho {Short(options.Rho)}", w => Short(w.Sam.Increase)),
            Row($"ASAM sharpness, rho {Short(options.AdaptiveRho)}", w => Short(w.Asam.Increase)),
            Row("top Hessian eigenvalue", w => Short(w.Top.Value)),
            Row("  iterations", w => w.Top.Iterations.ToString(CultureInfo.InvariantCulture)),
            Row("  last change", w => Short(w.Top.LastChange)),
            Row("  residual", w => Short(w.Top.Residual)),
            Row("  difference step", w => Short(w.Top.Difference.Step)),
            Row("  error of a product", w => Short(w.Top.Difference.Disagreement)),
            .. options.TraceSamples > 0
                ? [Row("Hessian trace", w => $"{Short(w.Trace!.Mean)}{Error(w.Trace)}")]
                : Array.Empty<FlatnessMeasure>(),
            Row($"rise at radius {Short(options.Radius)}, {options.Directions} directions",
                w => Short(w.DirectionalRise)),
        ];

        FlatnessMeasure Row(string name, Func<WeightsFlatness, string> value) =>
            new(name, [.. report.Weights.Select(value)]);
    }

    /// <summary>What a reader of the table must know, in sentences.</summary>
    public static IEnumerable<string> Remarks(FlatnessReport report)
    {
        foreach (LossLine line in report.Lines)
        {
            yield return $"{line.From} to {line.To}: {Short(line.Distance)} apart, barrier {Short(line.Barrier)}";
        }

        foreach (WeightsFlatness weights in report.Weights)
        {
            if (!weights.Top.Converged)
            {
                yield return $"warning: the top eigenvalue of the {weights.Name} weights still changed by " +
                    $"{Short(weights.Top.LastChange)} of itself after {weights.Top.Iterations} iterations; " +
                    "allow more of them.";
            }

            if (weights.Top.MostNegative is { } lowest)
            {
                yield return $"warning: at the {weights.Name} weights the Hessian has the eigenvalue " +
                    $"{Short(lowest)}, larger than the top one in magnitude: this is no minimum of the loss on these " +
                    "examples.";
            }
        }

        foreach (string note in report.Notes)
        {
            yield return note;
        }

        yield return FormattableString.Invariant($"measured in {report.Seconds:0.0} s");
    }

    private static string Error(TraceEstimate trace) =>
        trace.StandardError is { } error ? $" ± {Short(error)}" : "";

    private static string Fixed(double value) =>
        double.IsNaN(value) ? "-" : value.ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Short(double value) => value.ToString("G3", CultureInfo.InvariantCulture);

    /// <inheritdoc/>
    public override string ToString() => RecordText.Of(this);
}
