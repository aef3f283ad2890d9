using OrtTrainer.Methods;
using OrtTrainer.Options;

namespace OrtTrainer.Cli.Rendering;

/// <summary>What the parts of a run say of themselves, in the lines of its head.</summary>
internal static class PartLines
{
    /// <summary>The settings of the loss; null for plain labels, all alike.</summary>
    public static string? Loss(FineTuneOptions options) => Joined(options, part => part.LossText);

    /// <summary>What is done around a step; null for plain steps at one rate.</summary>
    public static string? Step(FineTuneOptions options) => Joined(options, part => part.StepText);

    /// <summary>The method, and how it averages.</summary>
    public static string Method(FineTuneOptions options) =>
        options.Method + string.Concat(options.Parts.Select(part => part.AveragingText));

    private static string? Joined(FineTuneOptions options, Func<RunPart, string?> text)
    {
        string[] texts = [.. options.Parts.Select(text).OfType<string>()];
        return texts.Length == 0 ? null : string.Join("; ", texts);
    }
}
