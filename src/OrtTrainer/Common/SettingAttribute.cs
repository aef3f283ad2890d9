namespace OrtTrainer.Common;

/// <summary>
/// Makes a property of an option record an option of the command line. The value where none is given is read from a
/// record with its defaults.
/// </summary>
/// <param name="option">The option's name, without dashes. Several records may have options of one name: it sets that
/// of the method that runs.</param>
/// <param name="help">What it is, in the fewest words.</param>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class SettingAttribute(string option, string help) : Attribute
{
    /// <summary>The option's name, without dashes.</summary>
    public string Option { get; } = option;

    /// <summary>What it is.</summary>
    public string Help { get; } = help;

    /// <summary>What stands for its value in help; null where the type tells.</summary>
    public string? Value { get; init; }

    /// <summary>In words, what holds where none is given and the record's default is null; null for nothing.</summary>
    public string? Default { get; init; }

    /// <summary>The heading it stands under; null for that of its record.</summary>
    public string? Section { get; init; }

    /// <summary>Whether the option stands without a value and sets the opposite of the default.</summary>
    public bool IsSwitch { get; init; }
}
