namespace OrtTrainer.Text.Templates.Values;

/// <summary>The tests behind <c>is</c>.</summary>
internal static class Tests
{
    private static readonly Dictionary<string, Func<object?, Arguments, bool>> All = new()
    {
        ["defined"] = (value, _) => value is not Undefined,
        ["undefined"] = (value, _) => value is Undefined,
        ["none"] = (value, _) => value is null,
        ["boolean"] = (value, _) => value is bool,
        ["true"] = (value, _) => value is true,
        ["false"] = (value, _) => value is false,
        ["string"] = (value, _) => value is string,
        ["number"] = (value, _) => value is long or double or bool,
        ["integer"] = (value, _) => value is long,
        ["float"] = (value, _) => value is double,
        ["mapping"] = (value, _) => value is Mapping,
        ["sequence"] = (value, _) => value is List<object?> or string or Mapping,
        ["iterable"] = (value, _) => value is List<object?> or string or Mapping or Undefined,
        ["callable"] = (value, _) => value is Function,
        ["in"] = (value, given) => Truth.Contains(given.Required(0, "seq"), value),
        ["equalto"] = (value, given) => Truth.AreEqual(value, given.Required(0, "other")),
        ["ne"] = (value, given) => !Truth.AreEqual(value, given.Required(0, "other")),
        ["odd"] = (value, _) => Arithmetic.Apply("%", value, 2L) is 1L,
        ["even"] = (value, _) => Arithmetic.Apply("%", value, 2L) is 0L,
        ["divisibleby"] = (value, given) => Arithmetic.Apply("%", value, given.Required(0, "num")) is 0L,
        ["lt"] = (value, given) => Truth.Compare(value, given.Required(0, "other")) < 0,
        ["le"] = (value, given) => Truth.Compare(value, given.Required(0, "other")) <= 0,
        ["gt"] = (value, given) => Truth.Compare(value, given.Required(0, "other")) > 0,
        ["ge"] = (value, given) => Truth.Compare(value, given.Required(0, "other")) >= 0,
    };

    private static readonly Dictionary<string, string> OtherNames = new()
    {
        ["eq"] = "equalto",
        ["=="] = "equalto",
        ["!="] = "ne",
        ["<"] = "lt",
        ["lessthan"] = "lt",
        ["<="] = "le",
        [">"] = "gt",
        ["greaterthan"] = "gt",
        [">="] = "ge",
    };

    /// <summary>Whether there is a test of that name.</summary>
    public static bool Has(string name) => All.ContainsKey(OtherNames.GetValueOrDefault(name, name));

    /// <summary>The test of that name.</summary>
    /// <exception cref="TemplateException">There is none.</exception>
    public static Func<object?, Arguments, bool> Named(string name) =>
        All.GetValueOrDefault(OtherNames.GetValueOrDefault(name, name))
        ?? throw new TemplateException($"the test '{name}' is not supported.");
}
