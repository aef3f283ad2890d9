using OrtTrainer.Methods;
using OrtTrainer.Options;

namespace OrtTrainer.Cli.Parsing;

/// <summary>
/// An option that sets a property of the library's option records. One word, such as --alpha, may belong to several
/// methods: it sets the one that runs, and is refused with any other, where it would have no effect.
/// </summary>
/// <param name="Name">Its name, without dashes.</param>
/// <param name="Settings">What it sets, by method; one or more, all of one kind of value.</param>
internal sealed record SettingOption(string Name, IReadOnlyList<RunSetting> Settings)
{
    /// <summary>All of them, in the order of the records.</summary>
    public static IReadOnlyList<SettingOption> All { get; } =
        [.. RunSetting.All.GroupBy(setting => setting.About.Option).Select(same => new SettingOption(same.Key, [.. same]))];

    /// <summary>Whether it has no value.</summary>
    public bool IsSwitch => Settings[0].About.IsSwitch;

    /// <summary>The type of its value.</summary>
    public Type Type => Settings[0].Type;

    /// <summary>As parser, help and messages know it.</summary>
    public CommandOption Describe() => new()
    {
        Name = Name,
        Value = IsSwitch ? null : Settings[0].About.Value ?? ValueName(Type),
        Help = Help(),
        Section = Settings[0].Section,
        Type = Type,
        Properties = [.. Settings.Select(setting => setting.NameInMessages).Distinct()],
    };

    /// <summary>The setting that it sets in a run.</summary>
    /// <exception cref="UsageException">It belongs to other methods.</exception>
    public RunSetting Of(FineTuneMethod method) =>
        Settings.FirstOrDefault(s => s.Owner is null || method.Set(s.Owner) is not null)
        ?? throw new UsageException($"--{Name} belongs to the method " +
            $"{string.Join(" or ", Settings.Select(setting => setting.Owner!.Word))}; the method is {method}.");

    private string Help() => string.Join("; ", Settings.GroupBy(setting => setting.Help).Select(same =>
        same.First().Owner is null
            ? same.Key + (same.First().DefaultText is { } value ? $" (default: {value})" : "")
            : $"{same.Key} ({string.Join("; ", same.GroupBy(s => s.DefaultText).Select(Defaults))})"));

    private static string Defaults(IGrouping<string?, RunSetting> same) =>
        $"{string.Join(", ", same.Select(setting => setting.Owner!.Word))}: {same.Key}";

    private static string ValueName(Type type) => type == typeof(int) || type == typeof(long) ? "N"
        : type == typeof(double) ? "X"
        : type == typeof(bool) ? "YES"
        : "NAME";
}
