using OrtTrainer.Graph;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Imported;

/// <summary>
/// Builds an exported graph again with the layers of a builder: linear layers, norms, activations, embeddings and
/// attention that are recognized are the builder's, and all else stays node by node. In packed graphs, what is done to
/// every token alike is done to the list of tokens; the rest has rows filled up with padding as in the file.
/// </summary>
/// <param name="source">The graph.</param>
/// <param name="m">The builder.</param>
/// <param name="settings">What the graph does not say.</param>
internal sealed partial class GraphReplay(SourceGraph source, ModelBuilder m, ReplaySettings settings)
{
    /// <summary>What keeps names of the file apart from those that the builder makes up.</summary>
    private const string StoredPrefix = "file/";

    private readonly Dictionary<Value, Value> _tokens = [];
    private readonly Dictionary<Value, Value> _rows = [];

    /// <summary>The attention that only first tokens are read of, where all that follows it is read of those alone;
    /// null for none.</summary>
    public Value? FirstTokensOf { get; init; }

    private GraphBuilder Graph => m.Graph;

    private Value Ids => m.Rows(PaddedInputs.InputIds, settings.PaddingId);

    /// <summary>A value: of tokens as the builder lays them, of anything else as in the file.</summary>
    public Value Of(Value value) => m.IsPacked && FormOf(value) != TokenForm.None ? Tokens(value) : Rows(value);

    /// <summary>A value of the file with a row for every token, as the builder lays tokens.</summary>
    public Value TokensOf(Value value) => m.IsPacked && source.FormOf(value) != TokenForm.None
        ? Tokens(value)
        : Rows(value);

    /// <summary>Puts something else in place of a value of tokens, for what is built from then on.</summary>
    public void Replace(Value value, Value by)
    {
        Dictionary<Value, Value> made = m.IsPacked ? _tokens : _rows;
        if (!made.TryGetValue(value, out Value? known) || known != by)
        {
            made[value] = by;
        }
    }

    private TokenForm FormOf(Value value) => settings.Packs ? source.FormOf(value) : TokenForm.None;

    /// <summary>A value with a row for every token, [T, …] packed.</summary>
    private Value Tokens(Value value)
    {
        if (!_tokens.TryGetValue(value, out Value? tokens))
        {
            _tokens[value] = tokens = Input(value)
                ?? (settings.Packs ? TokensOrNull(value) : null)
                ?? m.FromRows(
                    settings.Packs ? Plain(value) : Rows(value), source.FormOf(value) == TokenForm.Flat);
        }

        return tokens;
    }

    /// <summary>A value as it is in the file, with rows filled up with padding.</summary>
    private Value Rows(Value value)
    {
        if (!_rows.TryGetValue(value, out Value? rows))
        {
            _rows[value] = rows = MakeRows(value);
        }

        return rows;
    }

    private Value MakeRows(Value value)
    {
        if (source.Data.Contains(value))
        {
            return value.Name == PaddedInputs.PixelValues ? m.Pixels(settings.Shape.Image!.Value)
                : value.Name == PaddedInputs.InputIds ? Ids : m.Rows(value.Name);
        }

        if (source.IsWeight(value))
        {
            m.Place = PlaceOf(value.Name);
            return m.Parameter(SpecOf(value));
        }

        if (source.Stored(value) is { } stored)
        {
            TensorProto named = stored.Clone();
            named.Name = StoredPrefix + stored.Name;
            return Graph.Initializer(named);
        }

        if (value.Type.Element == OrtTrainer.Graph.ElementType.Int64 && value.ConstantIntegers is { } numbers
            && value.Shape.Rank < 2)
        {
            return value.Shape.Rank == 0 ? Graph.Constant(numbers[0]) : Graph.Constant(numbers);
        }

        if (!m.IsPacked || FormOf(value) == TokenForm.None)
        {
            return Site(value) ?? FirstToken(value) ?? Plain(value);
        }

        // What is in padding matters to ids and masks, and is another thing than tokens tell.
        if (!source.IsLearned(value))
        {
            return Plain(value);
        }

        Value? tokens = _tokens.TryGetValue(value, out Value? known) ? known : TokensOrNull(value);
        if (tokens is null)
        {
            return Plain(value);
        }

        _tokens[value] = tokens;
        Value rows = m.ToRows(tokens);
        return source.FormOf(value) == TokenForm.Flat
            ? Graph.Reshape(rows, [-1, .. value.Shape.Skip(1).Select(d => d.Size)])
            : rows;
    }

    /// <summary>The node as it is, on rows filled up with padding.</summary>
    private Value Plain(Value value)
    {
        Node node = source.Producer(value)!;
        if (node.Operator.Type == "Shape" && node.Operator.Domain.Length == 0 && SizesOf(node) is { } sizes)
        {
            return sizes;
        }

        IReadOnlyList<Value> outputs = Graph.Add(
            node.Operator, [.. node.Inputs.Select(input => input is null ? null : Rows(input))], node.Attributes);
        for (int i = 0; i < node.Outputs.Count; i++)
        {
            if (node.Outputs[i] != value)
            {
                _rows.TryAdd(node.Outputs[i], outputs[i]);
            }
        }

        return outputs[node.Outputs.ToList().IndexOf(value)];
    }

    /// <summary>Sizes that follow from those of a batch, without the value that the node asks about.</summary>
    private Value? SizesOf(Node node)
    {
        Shape shape = node.Inputs[0]!.Shape;
        long start = node.Attributes.Int("start", 0), end = node.Attributes.Int("end", shape.Rank);
        start = Math.Clamp(start < 0 ? start + shape.Rank : start, 0, shape.Rank);
        end = Math.Clamp(end < 0 ? end + shape.Rank : end, 0, shape.Rank);
        List<Value> sizes = [];
        for (int axis = (int)start; axis < end; axis++)
        {
            if (shape[axis].IsFixed)
            {
                sizes.Add(Graph.Constant([shape[axis].Size]));
            }
            else if (source.Rows is not null && (shape[axis] == source.Rows || shape[axis] == source.Columns))
            {
                int place = shape[axis] == source.Rows ? 0 : 1;
                sizes.Add(m.Once($"size_{place}", () =>
                    Graph.Slice(Graph.ShapeOf(Ids), 0, place, place + 1)));
            }
            else
            {
                return null;
            }
        }

        return sizes.Count switch { 0 => null, 1 => sizes[0], _ => Graph.Concat(0, [.. sizes]) };
    }

    /// <summary>An input with a number per token, as the builder has it.</summary>
    private Value? Input(Value value) => !source.Data.Contains(value) ? null : value.Name switch
    {
        PaddedInputs.InputIds => m.InputIds,
        PaddedInputs.TokenTypeIds => m.TokenTypeIds,
        PaddedInputs.PositionIds => m.PositionIds(0),
        _ => Graph.Add(Graph.Mul(m.InputIds, Graph.Constant(0L)), Graph.Constant(1L)),
    };

    private Value? TokensOrNull(Value value) => Site(value) ?? TokenNode(value);

    /// <summary>The first token of every sequence, where a value is that.</summary>
    private Value? FirstToken(Value value) => source.Producer(value, "Gather") is { } gather
        && gather.Attributes.Int("axis", 0) == 1 && gather.Inputs[1] is { Shape.Rank: 0, ConstantIntegers: [0] }
        && gather.Inputs[0] is { Shape.Rank: 3 } x && FormOf(x) == TokenForm.ByRow
        ? m.FirstToken(Of(x))
        : null;

    private static ParameterSpec SpecOf(Value weight) => new(
        weight.Name, [.. weight.Shape.Select(d => d.Size)],
        weight.Shape.Rank > 1 ? ParameterInitialization.Normal
        : weight.Name.EndsWith(".weight", StringComparison.Ordinal) ? ParameterInitialization.Ones
        : ParameterInitialization.Zeros,
        WeightDecay: weight.Shape.Rank > 1)
    { Place = PlaceOf(weight.Name) };

    /// <summary>The part of a model that a weight belongs to: the layer of the first number in its name, or the
    /// embeddings.</summary>
    public static ParameterPlace PlaceOf(string name)
    {
        foreach (string part in name.Split('.'))
        {
            if (int.TryParse(part, System.Globalization.CultureInfo.InvariantCulture, out int layer))
            {
                return ParameterPlace.Layer(layer);
            }
        }

        return name.Contains("embed", StringComparison.Ordinal) || name.Contains(".wte.", StringComparison.Ordinal)
            || name.Contains(".wpe.", StringComparison.Ordinal)
            ? ParameterPlace.Embeddings
            : ParameterPlace.Head;
    }
}
