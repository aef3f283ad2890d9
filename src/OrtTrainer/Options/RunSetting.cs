using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Tasks;
using OrtTrainer.Teachers;

namespace OrtTrainer.Options;

/// <summary>A property of the options of a run that a command line can set, wherever in their JSON it stands.</summary>
/// <param name="About">Its option and help.</param>
/// <param name="Property">The property.</param>
/// <param name="Path">The names under which it stands in options.json, the outermost first.</param>
/// <param name="Section">The heading it stands under.</param>
/// <param name="Owner">The part of a method whose setting it is; null for those of every run.</param>
/// <param name="Default">Its value in a record with default values.</param>
internal sealed record RunSetting(
    SettingAttribute About, PropertyInfo Property, IReadOnlyList<string> Path, string Section, MethodPart? Owner,
    object? Default)
{
    private const string Training = "Training";
    private const string Teacher = "Teacher";

    /// <summary>Every setting: those of a run, of a teacher, and of each part of a method.</summary>
    public static IReadOnlyList<RunSetting> All { get; } =
    [
        .. Of(new FineTuneOptions { Model = "-", Output = "-", Data = new DataOptions { Train = "-" } }, [], Training),
        .. Of(new TeacherOptions(), [NameOf(Teacher)], Teacher),
        .. MethodRegistry.Parts.SelectMany(part => Of(part, [part.Key], part.Section, part)),
    ];

    /// <summary>The type of its values, whether or not it may be left out.</summary>
    public Type Type => Nullable.GetUnderlyingType(Property.PropertyType) ?? Property.PropertyType;

    /// <summary>What messages of the options call it.</summary>
    public string NameInMessages => Path.Count > 1 && Path[0] == About.Option ? Teacher : Property.Name;

    /// <summary>What it is; of the method, its parts too.</summary>
    public string Help => Type == typeof(FineTuneMethod) ? $"{About.Help}; {PartsInWords()}" : About.Help;

    /// <summary>What holds where none is given, in words; null for nothing.</summary>
    public string? DefaultText => About.IsSwitch || IsRequired ? About.Default
        : About.Default is { } words ? words + DefaultsOfMethods()
        : Default switch
        {
            null => null,
            bool yes => yes ? "yes" : "no",
            _ => Text(Default),
        };

    private bool IsRequired => Property.IsDefined(typeof(RequiredMemberAttribute), inherit: false);

    private static IEnumerable<RunSetting> Of(
        object defaults, IReadOnlyList<string> prefix, string section, MethodPart? owner = null) =>
        from property in Declared(defaults.GetType())
        let about = property.GetCustomAttribute<SettingAttribute>()
        where about is not null
        select new RunSetting(
            about, property, [.. prefix, NameOf(property.Name)], about.Section ?? section, owner,
            property.GetValue(defaults));

    /// <summary>The properties, those of base records first.</summary>
    private static IEnumerable<PropertyInfo> Declared(Type? type) => type is null
        ? []
        : [
            .. Declared(type.BaseType),
            .. type.GetProperties(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly),
        ];

    /// <summary>What holds with parts of methods that bring a value of their own.</summary>
    private string DefaultsOfMethods() => Owner is not null ? "" : string.Concat(
        from part in MethodRegistry.Parts
        let value = Property.Name switch
        {
            nameof(FineTuneOptions.LearningRate) => (object?)part.DefaultLearningRate,
            nameof(FineTuneOptions.Schedule) => part.DefaultSchedule,
            _ => null,
        }
        where value is not null
        group part.Word by Text(value) into same
        select $"; {string.Join(", ", same)}: {same.Key}");

    private static string Text(object value) => value switch
    {
        double number => number.ToString("G4", CultureInfo.InvariantCulture),
        Enum word => OptionWords.Of(word),
        IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
        _ => value.ToString()!,
    };

    private static string PartsInWords() => string.Join("; ", MethodRegistry.Parts.GroupBy(part => part.Section).Select(
        kind => $"{kind.Key.ToLowerInvariant()}: {string.Join(", ", kind.Select(part => part.Word))}"));

    private static string NameOf(string property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property);
}
