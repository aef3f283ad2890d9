namespace OrtTrainer.Text.Templates.Values;

/// <summary>What can be called.</summary>
internal delegate object? Function(Arguments arguments);

/// <summary>What a function, filter or test is called with.</summary>
/// <param name="Positional">Those without a name, in order.</param>
/// <param name="Named">Those with one.</param>
internal sealed record Arguments(IReadOnlyList<object?> Positional, IReadOnlyDictionary<string, object?> Named)
{
    public static Arguments None { get; } = new([], new Dictionary<string, object?>());

    /// <summary>Whether an argument is given.</summary>
    public bool Has(int index, string name) => index < Positional.Count || Named.ContainsKey(name);

    /// <summary>An argument, or what it is where it is not given.</summary>
    public object? At(int index, string name, object? otherwise = null) =>
        index < Positional.Count ? Positional[index] : Named.GetValueOrDefault(name, otherwise);

    /// <summary>An argument that has to be given.</summary>
    /// <exception cref="TemplateException">It is not.</exception>
    public object? Required(int index, string name) => Has(index, name)
        ? At(index, name)
        : throw new TemplateException($"the argument '{name}' is missing.");

    /// <summary>A text that has to be given.</summary>
    /// <exception cref="TemplateException">It is not, or is something else.</exception>
    public string Text(int index, string name) => Required(index, name) is string text
        ? text
        : throw new TemplateException($"the argument '{name}' is to be a text.");

    /// <summary>A whole number, or what it is where it is not given.</summary>
    /// <exception cref="TemplateException">It is something else.</exception>
    public long Integer(int index, string name, long? otherwise = null) =>
        At(index, name, otherwise) is long number
            ? number
            : throw new TemplateException($"the argument '{name}' is to be a whole number.");

    /// <summary>Refuses arguments that are not known, so that none goes unheeded.</summary>
    /// <param name="names">Those that are, in order.</param>
    /// <exception cref="TemplateException">There are others.</exception>
    public Arguments Only(params ReadOnlySpan<string> names)
    {
        foreach (string name in Named.Keys)
        {
            if (!names.Contains(name))
            {
                throw new TemplateException($"the argument '{name}' is not supported.");
            }
        }

        return Positional.Count <= names.Length
            ? this
            : throw new TemplateException($"{Positional.Count} arguments are given; at most {names.Length} can be.");
    }
}
