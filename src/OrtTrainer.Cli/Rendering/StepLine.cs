using System.Globalization;
using OrtTrainer.Methods;
using OrtTrainer.Options;

namespace OrtTrainer.Cli.Rendering;

/// <summary>What is done around a run's optimizer steps, in words.</summary>
internal static class StepLine
{
    /// <returns>Null for plain steps at one rate.</returns>
    public static string? Of(FineTuneOptions options)
    {
        string? rule = options.Method.StepRule switch
        {
            StepRule.Sam => Text($"gradient uphill by {options.Sam.Rho}, two passes"),
            StepRule.Asam => Text($"gradient uphill by {options.Asam.Rho} of |w| + {options.Asam.Eta}, two passes"),
            StepRule.Lookahead => Text($"slow weights go {options.Lookahead.Share} of the way every ")
                + Text($"{options.Lookahead.Period} steps; shown as the average"),
            _ => null,
        };
        string? mixout = options.Mixout is { } p ? Text($"mixout {p} in encoder matrices") : null;
        string? decay = options.LayerDecay < 1 ? Text($"rate times {options.LayerDecay} per layer down") : null;
        string[] parts = [.. new[] { rule, mixout, decay }.OfType<string>()];
        return parts.Length == 0 ? null : string.Join("; ", parts);
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
