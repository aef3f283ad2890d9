using System.Text.Json;
using System.Text.Json.Serialization;
using OrtTrainer.Common;

namespace OrtTrainer.Methods;

/// <summary>
/// How a run trains: what its loss is, how a step is taken and how weights are averaged, at most one of each. Written
/// as its parts joined by <c>+</c>, such as <c>distillation+sam+swa</c>; plain fine-tuning is <c>finetune</c>.
/// </summary>
[JsonConverter(typeof(FineTuneMethodConverter))]
public sealed record FineTuneMethod
{
    private const string PlainWord = "finetune";

    /// <summary>Plain fine-tuning, by default with a linearly falling rate.</summary>
    public static FineTuneMethod FineTune { get; } = new();

    /// <summary>Stochastic weight averaging.</summary>
    public static FineTuneMethod Swa { get; } = new() { Averaging = AveragingKind.Swa };

    /// <summary>An exponential moving average of the weights.</summary>
    public static FineTuneMethod Ema { get; } = new() { Averaging = AveragingKind.Ema };

    /// <summary>Every part by the word for it; <c>finetune</c> is none of them.</summary>
    public static IReadOnlyList<string> Words { get; } =
        [PlainWord, .. WordsOf<ObjectiveKind>(), .. WordsOf<StepRule>(), .. WordsOf<AveragingKind>()];

    /// <summary>What the loss is.</summary>
    public ObjectiveKind Objective { get; init; }

    /// <summary>What is done around the optimizer's step.</summary>
    public StepRule StepRule { get; init; }

    /// <summary>How weights are averaged.</summary>
    public AveragingKind Averaging { get; init; }

    /// <summary>The words of its parts: loss, step, average; empty for plain fine-tuning.</summary>
    public IReadOnlyList<string> Parts =>
        [.. new[] { WordOf(Objective), WordOf(StepRule), WordOf(Averaging) }.OfType<string>()];

    /// <summary>Whether averaged weights stand beside the live ones; Lookahead's slow weights count.</summary>
    public bool KeepsAverage => Averaging != AveragingKind.None || StepRule == StepRule.Lookahead;

    /// <summary>Whether a mean is taken under a rate kept high: SWA, and SWAG, which adds the variance.</summary>
    public bool AveragesAtHighRate => Averaging is AveragingKind.Swa or AveragingKind.Swag;

    /// <summary>Reads the parts; case, hyphens and underscores do not matter, nor does the order.</summary>
    /// <exception cref="ArgumentException">A part is unknown, or two exclude each other.</exception>
    public static FineTuneMethod Parse(string text)
    {
        FineTuneMethod method = new();
        foreach (string word in text.Split('+', StringSplitOptions.TrimEntries))
        {
            method = method.With(word);
        }

        return method;
    }

    public override string ToString() => Parts.Count == 0 ? PlainWord : string.Join('+', Parts);

    private FineTuneMethod With(string word)
    {
        if (Plain(word) == PlainWord)
        {
            return this;
        }

        return Find<ObjectiveKind>(word) is { } objective ? this with { Objective = OnlyOne(Objective, objective) }
            : Find<StepRule>(word) is { } rule ? this with { StepRule = OnlyOne(StepRule, rule) }
            : Find<AveragingKind>(word) is { } averaging ? this with { Averaging = OnlyOne(Averaging, averaging) }
            : throw Unknown(word);
    }

    private static T OnlyOne<T>(T before, T added)
        where T : struct, Enum => WordOf(before) is not { } word ? added
        : throw new ArgumentException(
            $"{word} and {WordOf(added)} exclude each other: both say {Meaning(added)}. Choose one.");

    private static string Meaning<T>(T part) => part switch
    {
        ObjectiveKind => "what the loss is",
        Methods.StepRule => "how a step is taken",
        _ => "how weights are averaged",
    };

    private static ArgumentException Unknown(string word)
    {
        string meant = NearestName.Of(word, Words) is { } nearest ? $" Did you mean {nearest}?" : "";
        return new ArgumentException(
            $"Method is '{word}'; expected {string.Join(", ", Words)}, or several joined by +.{meant}");
    }

    /// <summary>The word of a part; null for the first of each kind, which is doing nothing special.</summary>
    private static string? WordOf<T>(T part)
        where T : struct, Enum => part.Equals(default(T))
        ? null
        : JsonNamingPolicy.KebabCaseLower.ConvertName(part.ToString());

    private static IEnumerable<string> WordsOf<T>()
        where T : struct, Enum => Enum.GetValues<T>().Select(WordOf).OfType<string>();

    private static T? Find<T>(string word)
        where T : struct, Enum => Enum.GetValues<T>()
        .Where(part => WordOf(part) is { } known && Plain(known) == Plain(word)).Select(part => (T?)part)
        .FirstOrDefault();

    private static string Plain(string word) =>
        word.Replace("-", "", StringComparison.Ordinal).Replace("_", "", StringComparison.Ordinal).ToLowerInvariant();
}
