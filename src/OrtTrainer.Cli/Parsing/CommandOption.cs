namespace OrtTrainer.Cli.Parsing;

/// <summary>An option of a command, as parser, help and messages know it.</summary>
internal sealed record CommandOption
{
    /// <summary>Its name, without dashes.</summary>
    public required string Name { get; init; }

    /// <summary>What stands for its value in help; null for a switch, which has none.</summary>
    public required string? Value { get; init; }

    /// <summary>What it is and what holds without it.</summary>
    public required string Help { get; init; }

    /// <summary>The heading it stands under.</summary>
    public required string Section { get; init; }

    /// <summary>The type of its value.</summary>
    public required Type Type { get; init; }

    /// <summary>What messages of the option records call what it sets.</summary>
    public required IReadOnlyList<string> Properties { get; init; }

    /// <summary>Whether it may stand without its value.</summary>
    public bool MayStandAlone { get; init; }

    /// <summary>Whether it may be given several times.</summary>
    public bool MayRepeat { get; init; }

    /// <summary>Whether all words up to the next option are values.</summary>
    public bool TakesMany { get; init; }

    /// <summary>What it wants, in words.</summary>
    public string Wanted => Type == typeof(int) || Type == typeof(long) ? "a whole number"
        : Type == typeof(double) ? "a number"
        : "a value";
}
