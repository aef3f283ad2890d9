using System.Globalization;

namespace OrtTrainer.Text.Templates.Values;

/// <summary>The filters behind <c>|</c>.</summary>
internal static class Filters
{
    private static readonly Dictionary<string, Func<object?, Arguments, object?>> All = new()
    {
        ["trim"] = (value, given) => Methods.Strip(ValueText.Of(value), given.Only("chars").At(0, "chars")),
        ["tojson"] = (value, given) => ValueText.Json(
            value, given.Only("indent").At(0, "indent") is null ? null : (int)given.Integer(0, "indent")),
        ["length"] = (value, _) => Sequence.Length(value),
        ["default"] = Default,
        ["upper"] = (value, _) => ValueText.Of(value).ToUpperInvariant(),
        ["lower"] = (value, _) => ValueText.Of(value).ToLowerInvariant(),
        ["capitalize"] = (value, _) => Methods.Capitalize(ValueText.Of(value)),
        ["title"] = (value, _) => Methods.Title(ValueText.Of(value)),
        ["replace"] = (value, given) => Methods.Replace(ValueText.Of(value), given.Only("old", "new", "count")),
        ["string"] = (value, _) => ValueText.Of(value),
        ["safe"] = (value, _) => value,
        ["int"] = (value, _) => value switch
        {
            double number => (long)number,
            bool or long => (long)Truth.Number(value)!,
            string text when long.TryParse(text, CultureInfo.InvariantCulture, out long number) => number,
            _ => 0L,
        },
        ["float"] = (value, _) => value is string text
            ? double.TryParse(text, CultureInfo.InvariantCulture, out double number) ? number : 0.0
            : Truth.Number(value) ?? 0,
        ["abs"] = (value, _) => value switch
        {
            long number => (object)Math.Abs(number),
            double number => Math.Abs(number),
            _ => throw new TemplateException($"{ValueText.Kind(value)} has no absolute value."),
        },
        ["indent"] = Indent,
        ["first"] = (value, _) => Sequence.Of(value) is [var first, ..] ? first : new Undefined("the first of none"),
        ["last"] = (value, _) => Sequence.Of(value) is [.., var last] ? last : new Undefined("the last of none"),
        ["list"] = (value, _) => new List<object?>(Sequence.Of(value)),
        ["reverse"] = (value, _) => value is string
            ? string.Concat(Sequence.Of(value).Reverse())
            : new List<object?>(Sequence.Of(value).Reverse()),
        ["join"] = Join,
        ["items"] = (value, _) => value is Undefined ? new List<object?>() : Methods.Pairs(MappingOf(value)),
        ["dictsort"] = (value, given) => given.Only() is null ? null : new List<object?>(Methods
            .Pairs(MappingOf(value)).OrderBy(
                pair => ValueText.Of(Sequence.Item(pair, 0L)).ToLowerInvariant(), StringComparer.Ordinal)),
        ["unique"] = (value, given) => given.Only() is null ? null : Unique(value),
        ["map"] = Map,
        ["select"] = (value, given) => Choose(value, given, keeps: true),
        ["reject"] = (value, given) => Choose(value, given, keeps: false),
        ["selectattr"] = (value, given) => ChooseByField(value, given, keeps: true),
        ["rejectattr"] = (value, given) => ChooseByField(value, given, keeps: false),
    };

    private static readonly Dictionary<string, string> OtherNames = new() { ["count"] = "length", ["d"] = "default" };

    /// <summary>Whether there is a filter of that name.</summary>
    public static bool Has(string name) => All.ContainsKey(OtherNames.GetValueOrDefault(name, name));

    /// <summary>The filter of that name.</summary>
    /// <exception cref="TemplateException">There is none.</exception>
    public static Func<object?, Arguments, object?> Named(string name) =>
        All.GetValueOrDefault(OtherNames.GetValueOrDefault(name, name))
        ?? throw new TemplateException($"the filter '{name}' is not supported.");

    private static object? Default(object? value, Arguments given) =>
        value is Undefined
        || (Truth.Of(given.Only("default_value", "boolean").At(1, "boolean", false)) && !Truth.Of(value))
            ? given.At(0, "default_value", "")
            : value;

    private static string Indent(object? value, Arguments given)
    {
        given.Only("width", "first", "blank");
        string blanks = new(' ', (int)given.Integer(0, "width", 4));
        bool indentsFirst = Truth.Of(given.At(1, "first", false)), indentsBlank = Truth.Of(given.At(2, "blank", false));
        return string.Join('\n', ValueText.Of(value).Split('\n').Select((line, number) =>
            (number == 0 ? indentsFirst : indentsBlank || line.Length > 0) ? blanks + line : line));
    }

    private static string Join(object? value, Arguments given)
    {
        string between = ValueText.Of(given.Only("d", "attribute").At(0, "d", ""));
        return string.Join(between, Sequence.Of(value).Select(
            item => ValueText.Of(given.Has(1, "attribute") ? At(item, given.Text(1, "attribute")) : item)));
    }

    private static List<object?> Unique(object? value)
    {
        List<object?> seen = [];
        foreach (object? item in Sequence.Of(value))
        {
            if (!seen.Any(one => Truth.AreEqual(one, item)))
            {
                seen.Add(item);
            }
        }

        return seen;
    }

    private static object? Map(object? value, Arguments given)
    {
        if (given.Named.Count == 0 && given.Positional.Count > 0)
        {
            string filter = given.Text(0, "filter");
            Arguments others = given with { Positional = [.. given.Positional.Skip(1)] };
            return new List<object?>(Sequence.Of(value).Select(item => Named(filter)(item, others)));
        }

        string field = given.Only("attribute", "default").Text(int.MaxValue, "attribute");
        return new List<object?>(Sequence.Of(value).Select(item =>
            At(item, field) is var found && found is Undefined && given.Has(int.MaxValue, "default")
                ? given.At(int.MaxValue, "default")
                : found));
    }

    private static List<object?> Choose(object? value, Arguments given, bool keeps) =>
        [.. Sequence.Of(value).Where(item => Passes(item, given.Positional, 0) == keeps)];

    private static List<object?> ChooseByField(object? value, Arguments given, bool keeps) =>
    [
        .. Sequence.Of(value).Where(
            item => Passes(At(item, given.Text(0, "attribute")), given.Positional, 1) == keeps),
    ];

    /// <summary>Whether an item passes a test, which is named at a place; without one, whether it is true.</summary>
    private static bool Passes(object? item, IReadOnlyList<object?> given, int test) => given.Count <= test
        ? Truth.Of(item)
        : Tests.Named(ValueText.Of(given[test]))(item, Arguments.None with { Positional = [.. given.Skip(test + 1)] });

    private static object? At(object? item, string path)
    {
        foreach (string part in path.Split('.'))
        {
            item = Sequence.Item(
                item, long.TryParse(part, CultureInfo.InvariantCulture, out long index) ? index : part);
        }

        return item;
    }

    private static Mapping MappingOf(object? value) => value as Mapping
        ?? throw new TemplateException($"{ValueText.Kind(value)} has no items; expected a mapping.");
}
