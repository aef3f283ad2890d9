namespace OrtTrainer.Text.Templates.Values;

/// <summary>Methods of Python's texts and mappings.</summary>
internal static class Methods
{
    /// <summary>The method of that name; null where the value has none.</summary>
    public static Function? Of(object? value, string name) => value switch
    {
        string text => OfText(text, name),
        Mapping mapping => OfMapping(mapping, name),
        _ => null,
    };

    /// <summary>A text without white space, or without the given letters, at its ends.</summary>
    public static string Strip(string text, object? letters, bool start = true, bool end = true)
    {
        char[]? taken = (letters as string)?.ToCharArray();
        text = !start ? text : taken is null ? text.TrimStart() : text.TrimStart(taken);
        return !end ? text : taken is null ? text.TrimEnd() : text.TrimEnd(taken);
    }

    /// <summary>A text whose first letter is large and whose others are small.</summary>
    public static string Capitalize(string text) =>
        text.Length == 0 ? text : char.ToUpperInvariant(text[0]) + text[1..].ToLowerInvariant();

    /// <summary>A text whose words begin large.</summary>
    public static string Title(string text) =>
        System.Globalization.CultureInfo.InvariantCulture.TextInfo.ToTitleCase(text.ToLowerInvariant());

    private static Function? OfText(string text, string name) => name switch
    {
        "strip" => a => Strip(text, a.Only("chars").At(0, "chars")),
        "lstrip" => a => Strip(text, a.Only("chars").At(0, "chars"), end: false),
        "rstrip" => a => Strip(text, a.Only("chars").At(0, "chars"), start: false),
        "startswith" => a => Affixes(a).Any(affix => text.StartsWith(affix, StringComparison.Ordinal)),
        "endswith" => a => Affixes(a).Any(affix => text.EndsWith(affix, StringComparison.Ordinal)),
        "split" => a => Split(text, a.Only("sep", "maxsplit"), fromEnd: false),
        "rsplit" => a => Split(text, a.Only("sep", "maxsplit"), fromEnd: true),
        "splitlines" => a => Texts(Lines(text, a.Only())),
        "upper" => a => a.Only() is not null ? text.ToUpperInvariant() : null,
        "lower" => a => a.Only() is not null ? text.ToLowerInvariant() : null,
        "capitalize" => a => a.Only() is not null ? Capitalize(text) : null,
        "title" => a => a.Only() is not null ? Title(text) : null,
        "replace" => a => Replace(text, a.Only("old", "new", "count")),
        "removeprefix" => a => a.Only("prefix").Text(0, "prefix") is var affix
            && text.StartsWith(affix, StringComparison.Ordinal) ? text[affix.Length..] : text,
        "removesuffix" => a => a.Only("suffix").Text(0, "suffix") is var affix
            && text.EndsWith(affix, StringComparison.Ordinal) ? text[..^affix.Length] : text,
        "find" => a => Place(text, text.IndexOf(a.Only("sub").Text(0, "sub"), StringComparison.Ordinal)),
        "rfind" => a => Place(text, text.LastIndexOf(a.Only("sub").Text(0, "sub"), StringComparison.Ordinal)),
        "count" => a => (long)(text.Split(a.Only("sub").Text(0, "sub")).Length - 1),
        "join" => a => string.Join(text, Sequence.Of(a.Only("items").Required(0, "items")).Select(ValueText.Of)),
        "isdigit" => a => a.Only() is not null && text.Length > 0 && text.All(char.IsDigit),
        "isalpha" => a => a.Only() is not null && text.Length > 0 && text.All(char.IsLetter),
        "isspace" => a => a.Only() is not null && text.Length > 0 && text.All(char.IsWhiteSpace),
        _ => null,
    };

    private static Function? OfMapping(Mapping mapping, string name) => name switch
    {
        "items" => a => a.Only() is not null ? Pairs(mapping) : null,
        "keys" => a => a.Only() is not null ? new List<object?>(mapping.Keys) : null,
        "values" => a => a.Only() is not null ? new List<object?>(mapping.Values) : null,
        "get" => a => a.Only("key", "default").Required(0, "key") is { } key
            && mapping.TryGetValue(key, out object? value) ? value : a.At(1, "default"),
        _ => null,
    };

    /// <summary>The fields of a mapping as pairs.</summary>
    public static List<object?> Pairs(Mapping mapping) =>
        [.. mapping.Select(field => new Tuple([field.Key, field.Value]))];

    /// <summary>A text with one part put for another, everywhere or so many times.</summary>
    public static string Replace(string text, Arguments arguments)
    {
        (string old, string put) = (arguments.Text(0, "old"), arguments.Text(1, "new"));
        long left = arguments.Integer(2, "count", -1);
        if (old.Length == 0)
        {
            throw new TemplateException("the text that is to be replaced is empty.");
        }

        string[] parts = text.Split(old, left < 0 ? int.MaxValue : (int)Math.Min(left, int.MaxValue - 1) + 1);
        return string.Join(put, parts);
    }

    private static List<object?> Texts(IEnumerable<string> texts) => [.. texts];

    private static string[] Lines(string text, Arguments arguments)
    {
        string[] lines = text.ReplaceLineEndings("\n").Split('\n');
        return arguments.Positional.Count == 0 && lines[^1].Length == 0 ? lines[..^1] : lines;
    }

    private static IEnumerable<string> Affixes(Arguments given) => given.Only("affix").Required(0, "affix") switch
    {
        List<object?> several => several.Select(one => one as string
            ?? throw new TemplateException("the argument 'affix' is to be a text or several.")),
        _ => [given.Text(0, "affix")],
    };

    // Python counts code points.
    private static long Place(string text, int at) => at < 0 ? -1 : Sequence.Length(text[..at]);

    private static List<object?> Split(string text, Arguments arguments, bool fromEnd)
    {
        long most = arguments.Integer(1, "maxsplit", -1);
        string? separator = arguments.At(0, "sep") is null ? null : arguments.Text(0, "sep");
        if (separator is { Length: 0 })
        {
            throw new TemplateException("the text to split at is empty.");
        }

        List<string> parts = [];
        string rest = separator is null ? text.Trim() : text;
        while ((most < 0 || parts.Count < most) && Find(rest, separator, fromEnd) is var (start, length) && start >= 0)
        {
            (string part, rest) = fromEnd
                ? (rest[(start + length)..], rest[..start])
                : (rest[..start], rest[(start + length)..]);
            parts.Add(part);
        }

        if (separator is not null || rest.Length > 0)
        {
            parts.Add(rest);
        }

        if (fromEnd)
        {
            parts.Reverse();
        }

        return Texts(parts);
    }

    /// <summary>The first or last separator; runs of white space where none is given.</summary>
    private static (int Start, int Length) Find(string text, string? separator, bool fromEnd)
    {
        if (separator is not null)
        {
            return (fromEnd ? text.LastIndexOf(separator, StringComparison.Ordinal)
                : text.IndexOf(separator, StringComparison.Ordinal), separator.Length);
        }

        int step = fromEnd ? -1 : 1, at = fromEnd ? text.Length - 1 : 0;
        while (at >= 0 && at < text.Length && !char.IsWhiteSpace(text[at]))
        {
            at += step;
        }

        int last = at;
        while (last + step >= 0 && last + step < text.Length && char.IsWhiteSpace(text[last + step]))
        {
            last += step;
        }

        return at < 0 || at >= text.Length ? (-1, 0) : (Math.Min(at, last), Math.Abs(last - at) + 1);
    }
}
