using Google.Protobuf;
using OrtTrainer.Graph.Onnx;
using static OrtTrainer.Graph.Onnx.AttributeProto.Types;

namespace OrtTrainer.Graph;

/// <summary>The attributes of a node, by name.</summary>
public sealed class AttributeList
{
    private readonly Dictionary<string, AttributeProto> _byName = new(StringComparer.Ordinal);

    public static AttributeList Empty { get; } = new();

    /// <summary>The attributes as ONNX messages, in the order they were added.</summary>
    public IReadOnlyCollection<AttributeProto> All => _byName.Values;

    public AttributeList With(string name, long value) =>
        With(new AttributeProto { Name = name, Type = AttributeType.Int, I = value });

    public AttributeList With(string name, float value) =>
        With(new AttributeProto { Name = name, Type = AttributeType.Float, F = value });

    public AttributeList With(string name, string value) =>
        With(new AttributeProto { Name = name, Type = AttributeType.String, S = ByteString.CopyFromUtf8(value) });

    public AttributeList With(string name, params long[] values)
    {
        AttributeProto attribute = new() { Name = name, Type = AttributeType.Ints };
        attribute.Ints.AddRange(values);
        return With(attribute);
    }

    public AttributeList With(string name, TensorProto value) =>
        With(new AttributeProto { Name = name, Type = AttributeType.Tensor, T = value });

    /// <summary>These attributes and one more, which replaces one of the same name.</summary>
    public AttributeList With(AttributeProto attribute)
    {
        AttributeList result = new();
        foreach (AttributeProto present in _byName.Values)
        {
            result._byName[present.Name] = present;
        }

        result._byName[attribute.Name] = attribute;
        return result;
    }

    /// <summary>These attributes without the one called <paramref name="name"/>.</summary>
    public AttributeList Without(string name) =>
        _byName.Values.Where(a => a.Name != name).Aggregate(Empty, (list, a) => list.With(a));

    public bool Has(string name) => _byName.ContainsKey(name);

    /// <exception cref="GraphException">The attribute is missing and has no default.</exception>
    public long Int(string name, long? whenMissing = null) =>
        _byName.TryGetValue(name, out AttributeProto? a) ? a.I : whenMissing ?? throw Missing(name);

    /// <exception cref="GraphException">The attribute is missing and has no default.</exception>
    public float Float(string name, float? whenMissing = null) =>
        _byName.TryGetValue(name, out AttributeProto? a) ? a.F : whenMissing ?? throw Missing(name);

    /// <exception cref="GraphException">The attribute is missing and has no default.</exception>
    public string String(string name, string? whenMissing = null) =>
        _byName.TryGetValue(name, out AttributeProto? a) ? a.S.ToStringUtf8() : whenMissing ?? throw Missing(name);

    /// <summary>The integers of a list attribute, or null where it is missing.</summary>
    public long[]? Ints(string name) => _byName.TryGetValue(name, out AttributeProto? a) ? [.. a.Ints] : null;

    /// <summary>The tensor of an attribute, or null where it is missing.</summary>
    public TensorProto? Tensor(string name) => _byName.TryGetValue(name, out AttributeProto? a) ? a.T : null;

    private static GraphException Missing(string name) => new($"The attribute '{name}' is missing.");
}
