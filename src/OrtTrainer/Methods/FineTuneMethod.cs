using System.Text.Json.Serialization;
using OrtTrainer.Common;

namespace OrtTrainer.Methods;

/// <summary>
/// How a run trains: what its loss is, how a step is taken and how weights are averaged, at most one of each, with their
/// settings. Written as its parts joined by <c>+</c>, such as <c>distillation+sam+swa</c>; plain fine-tuning is
/// <c>finetune</c>.
/// </summary>
[JsonConverter(typeof(FineTuneMethodConverter))]
public sealed record FineTuneMethod
{
    private const string PlainWord = "finetune";

    /// <summary>Plain fine-tuning, by default with a linearly falling rate.</summary>
    public static FineTuneMethod FineTune { get; } = new();

    /// <summary>Every part by the word for it; <c>finetune</c> is none of them.</summary>
    public static IReadOnlyList<string> Words { get; } =
        [PlainWord, .. MethodRegistry.Parts.Select(part => part.Word)];

    /// <summary>What the loss is; null for the task's own against the labels.</summary>
    public LossMethod? Loss { get; init; }

    /// <summary>How a step is taken; null for the optimizer's alone.</summary>
    public StepMethod? Step { get; init; }

    /// <summary>How weights are averaged; null for not at all.</summary>
    public AveragingMethod? Average { get; init; }

    /// <summary>Its parts: loss, step, average; none for plain fine-tuning.</summary>
    public IReadOnlyList<MethodPart> Parts => [.. new MethodPart?[] { Loss, Step, Average }.OfType<MethodPart>()];

    /// <summary>How it averages weights, Lookahead's slow weights included; null where it does not.</summary>
    internal AveragingScheme? Averaging => Parts.Select(part => part.Averaging).FirstOrDefault(a => a is not null);

    /// <summary>The method of these parts.</summary>
    /// <exception cref="ArgumentException">Two exclude each other.</exception>
    public static FineTuneMethod Of(params IReadOnlyList<MethodPart> parts) =>
        parts.Aggregate(FineTune, (method, part) => method.With(part));

    /// <summary>Reads the parts; case, hyphens and underscores do not matter, nor does the order. Their settings are
    /// the default ones.</summary>
    /// <exception cref="ArgumentException">A part is unknown, or two exclude each other.</exception>
    public static FineTuneMethod Parse(string text)
    {
        FineTuneMethod method = new();
        foreach (string word in text.Split('+', StringSplitOptions.TrimEntries))
        {
            string plain = OptionWords.Plain(word);
            method = plain == PlainWord
                ? method
                : method.With(MethodRegistry.Parts.FirstOrDefault(part => OptionWords.Plain(part.Word) == plain)
                    ?? throw Unknown(word));
        }

        return method;
    }

    /// <summary>The words of the parts.</summary>
    public override string ToString() =>
        Parts.Count == 0 ? PlainWord : string.Join('+', Parts.Select(part => part.Word));

    /// <summary>This with other settings of a part that it has.</summary>
    /// <returns>Null where it has no such part.</returns>
    internal FineTuneMethod? Set(MethodPart settings) =>
        settings.Rival(this)?.Word == settings.Word ? settings.JoinTo(this) : null;

    private FineTuneMethod With(MethodPart part) => part.Rival(this) is not { } rival
        ? part.JoinTo(this)
        : throw new ArgumentException(
            $"{rival.Word} and {part.Word} exclude each other: both say {part.Meaning}. Choose one.");

    private static ArgumentException Unknown(string word)
    {
        string meant = NearestName.Of(word, Words) is { } nearest ? $" Did you mean {nearest}?" : "";
        return new ArgumentException(
            $"Method is '{word}'; expected {string.Join(", ", Words)}, or several joined by +.{meant}");
    }
}
