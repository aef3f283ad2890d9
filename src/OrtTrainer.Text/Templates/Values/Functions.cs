namespace OrtTrainer.Text.Templates.Values;

/// <summary>The functions that templates may call.</summary>
internal static class Functions
{
    // As Jinja's sandbox has it.
    private const int MostItems = 100_000;

    /// <summary>All by name.</summary>
    public static IReadOnlyDictionary<string, Function> All { get; } = new Dictionary<string, Function>
    {
        ["raise_exception"] = given => throw new TemplateException(
            $"the template refuses it: {ValueText.Of(given.Required(0, "message"))}"),
        ["namespace"] = NewFieldSet,
        ["dict"] = given => new Mapping([.. Fields(given)]),
        ["range"] = Range,
    };

    private static FieldSet NewFieldSet(Arguments given)
    {
        FieldSet fields = [];
        foreach ((string name, object? value) in Fields(given))
        {
            fields[name] = value;
        }

        return fields;
    }

    private static IEnumerable<KeyValuePair<string, object?>> Fields(Arguments given) => given.Positional switch
    {
        [] => given.Named,
        [Mapping mapping] => mapping.Select(field => KeyValuePair.Create(ValueText.Of(field.Key), field.Value))
            .Concat(given.Named),
        _ => throw new TemplateException("expected fields by name, or one mapping."),
    };

    private static List<object?> Range(Arguments given)
    {
        given.Only("start", "stop", "step");
        long step = given.Integer(2, "step", 1);
        (long start, long stop) = given.Positional.Count < 2
            ? (0, given.Integer(0, "stop"))
            : (given.Integer(0, "start"), given.Integer(1, "stop"));
        if (step == 0)
        {
            throw new TemplateException("the step of a range is 0; expected another number.");
        }

        List<object?> numbers = [];
        for (long number = start; step > 0 ? number < stop : number > stop; number += step)
        {
            numbers.Add(number);
            if (numbers.Count > MostItems)
            {
                throw new TemplateException($"a range has more than {MostItems} numbers.");
            }
        }

        return numbers;
    }
}
