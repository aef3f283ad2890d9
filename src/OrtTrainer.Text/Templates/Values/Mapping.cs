namespace OrtTrainer.Text.Templates.Values;

/// <summary>A mapping of Python, in the order in which its keys came.</summary>
internal sealed class Mapping : OrderedDictionary<object, object?>
{
    public Mapping()
    {
    }

    public Mapping(IEnumerable<KeyValuePair<string, object?>> fields)
    {
        foreach ((string name, object? value) in fields)
        {
            this[name] = value;
        }
    }
}

/// <summary>What <c>namespace()</c> gives: fields that can be set from within a loop.</summary>
internal sealed class FieldSet : Dictionary<string, object?>;
