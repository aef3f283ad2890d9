namespace OrtTrainer.Graph.Import;

/// <summary>
/// Values by their names in a file: those of a graph, a branch (which sees its graph's), or a call of a function.
/// </summary>
/// <param name="prefix">What names get in the built graph, so that two calls of a function do not collide.</param>
/// <param name="outer">Where names are looked up that are not here.</param>
internal sealed class ImportScope(string prefix, ImportScope? outer = null)
{
    private readonly Dictionary<string, Value> _values = new(StringComparer.Ordinal);

    public string Prefix { get; } = prefix;

    public void Define(string name, Value value) => _values[name] = value;

    /// <exception cref="GraphException">No value has the name.</exception>
    public Value Get(string name) => _values.TryGetValue(name, out Value? value)
        ? value
        : outer?.Get(name) ?? throw new GraphException($"No node or input gives the value '{name}' before it is used.");
}
