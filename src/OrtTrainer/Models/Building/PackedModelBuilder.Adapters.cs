using OrtTrainer.Common;
using OrtTrainer.Graph;

namespace OrtTrainer.Models.Building;

/// <content>Adapters beside the linear layers of the encoder.</content>
internal sealed partial class PackedModelBuilder
{
    private readonly SortedSet<string> _linearLayers = new(StringComparer.Ordinal);
    private readonly SortedSet<string> _attentionTargets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, AdaptedLayer> _adapted = new(StringComparer.Ordinal);

    /// <summary>What stands beside linear layers below the head, those that stay as they are and run apart excepted;
    /// null for nothing.</summary>
    public LowRankAdapters? Adapters { get; init; }

    /// <summary>The linear layers below the head, as a checkpoint names them.</summary>
    public IReadOnlyCollection<string> LinearLayers => _linearLayers;

    /// <summary>The last words of the names of those that make the queries and the values of attention.</summary>
    public IReadOnlyCollection<string> AttentionTargets => _attentionTargets;

    /// <summary>The layers that have an adapter.</summary>
    public IReadOnlyCollection<AdaptedLayer> AdaptedLayers => _adapted.Values;

    /// <summary>Notes layers down.</summary>
    /// <returns>Whether one of them has an adapter.</returns>
    private bool IsAdapted(params IEnumerable<LinearName> layers)
    {
        bool isAdapted = false;
        foreach (LinearName layer in layers.Where(layer => !Place.IsHead && layer.Kernel is null))
        {
            _linearLayers.Add(FileName(layer));
            isAdapted |= Adapters?.Has(FileName(layer)) == true && !IsFrozen(Place);
        }

        return isAdapted;
    }

    private void NoteAttention(QueryKeyValue layers)
    {
        foreach (LinearName layer in new[] { layers.Query, layers.Value })
        {
            _attentionTargets.Add(FileName(layer).Split('.')[^1]);
        }
    }

    /// <summary>y with what the adapters of the layers that made it add, in one product for all of them.</summary>
    /// <param name="layers">The layers, whose outputs lie side by side in y.</param>
    /// <param name="outputs">Of each.</param>
    /// <param name="inputs">Columns of x.</param>
    /// <param name="x">[T, inputs].</param>
    /// <param name="y">[T, the sum of outputs].</param>
    private Value WithAdapters(
        IReadOnlyList<LinearName> layers, IReadOnlyList<long> outputs, long inputs, Value x, Value y)
    {
        if (!IsAdapted(layers))
        {
            return y;
        }

        // Layers that a checkpoint has as one have one adapter.
        (string Name, long Rows, AdaptedLayer? Adapted)[] files =
        [
            .. layers.Zip(outputs).GroupBy(part => FileName(part.First)).Select(parts => (
                parts.Key, parts.Sum(part => part.Second),
                Adapters!.Has(parts.Key) ? Adapted(parts.Key, [.. parts], inputs) : null)),
        ];
        AdaptedLayer[] adapted = [.. files.Select(file => file.Adapted).OfType<AdaptedLayer>()];
        Value[] inner =
        [
            .. adapted.Select(layer => Graph.Linear(
                Dropout(Adapters!.Dropout, x), Parameter(layer.Down), null, _precision)),
        ];
        Value scaled = Graph.Mul(
            inner.Length == 1 ? inner[0] : Graph.Concat(1, inner), Graph.Constant(Adapters!.Scale));

        // Rows of the outputs, columns of the adapters, and zeros where they do not meet.
        int place = 0;
        Value[] rows = [.. files.Select(file => file.Adapted is null
            ? Zeros(file.Rows, adapted.Length * Adapters.Rank)
            : Row(Parameter(file.Adapted.Up), file.Rows, place++, adapted.Length))];
        return Graph.Linear(
            scaled, rows.Length == 1 ? rows[0] : Graph.Concat(0, rows), null, _precision, residual: y);
    }

    private Value Row(Value up, long outputs, int place, int count)
    {
        Value[] parts =
        [
            .. place > 0 ? [Zeros(outputs, place * Adapters!.Rank)] : Array.Empty<Value>(),
            up,
            .. place < count - 1 ? [Zeros(outputs, (count - 1 - place) * Adapters!.Rank)] : Array.Empty<Value>(),
        ];
        return parts.Length == 1 ? up : Graph.Concat(1, parts);
    }

    private Value Zeros(long rows, long columns) => Once($"zeros_{rows}_{columns}", () => Graph.Initializer(
        TensorContent.Float($"zeros_{rows}_{columns}", [rows, columns], new float[rows * columns])));

    /// <exception cref="RunException">The layer is built in parts, between which its adapter cannot be cut.</exception>
    private AdaptedLayer Adapted(string name, (LinearName Name, long Outputs)[] parts, long inputs)
    {
        if (_adapted.TryGetValue(name, out AdaptedLayer? known))
        {
            return known;
        }

        long rows = 0;
        foreach ((LinearName part, long outputs) in parts)
        {
            rows = part.Stack is null || part.FirstRow == rows ? rows + outputs : long.MinValue;
        }

        if (rows < 0 || (parts[0].Name.Stack is not null && rows != parts[0].Name.StackRows))
        {
            throw new RunException(
                $"The layer {name} is computed in parts, which have no adapter in common. Leave it out of LoRA's "
                + "targets.");
        }

        ParameterSpec Of(string part, ParameterInitialization start, params long[] shape) =>
            new($"{name}.{part}.weight", shape, start, WeightDecay: true) { Place = Place };
        AdaptedLayer adapted = new(
            name, [.. parts.Select(part => Weight(part.Name, part.Outputs, inputs))],
            Of("lora_A", ParameterInitialization.ByInputs, Adapters!.Rank, inputs),
            Of("lora_B", ParameterInitialization.Zeros, rows, Adapters.Rank));
        _adapted.Add(name, adapted);
        return adapted;
    }

    private static string FileName(LinearName layer) => layer.Stack ?? layer.Text;
}
