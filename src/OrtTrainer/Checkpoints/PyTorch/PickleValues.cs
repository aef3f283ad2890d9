namespace OrtTrainer.Checkpoints.PyTorch;

/// <summary>A class or function that a pickle names; one of <see cref="PickleGlobals"/>, never executed.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public override string ToString() => $"{Module}.{Name}";
}

/// <summary>A Python dict or OrderedDict; later values of a key replace earlier ones and keep the place.</summary>
internal sealed class PickleDictionary
{
    private readonly Dictionary<object, int> _places = [];

    public List<KeyValuePair<object, object?>> Items { get; } = [];

    public object? this[object key] => _places.TryGetValue(key, out var at) ? Items[at].Value : null;

    public void Set(object key, object? value)
    {
        if (_places.TryAdd(key, Items.Count))
        {
            Items.Add(new(key, value));
        }
        else
        {
            Items[_places[key]] = new(key, value);
        }
    }
}

/// <summary>An array of elements that a pickle refers to by key; its bytes lie elsewhere in the file.</summary>
internal sealed record StorageReference(ElementType ElementType, string Key, long Count);

/// <summary>A tensor: a view on a storage. Offset and strides are in elements.</summary>
internal sealed record TensorReference(StorageReference Storage, long Offset, long[] Shape, long[] Strides);
