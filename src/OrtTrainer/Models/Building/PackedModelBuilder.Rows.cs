using OrtTrainer.Graph;

namespace OrtTrainer.Models.Building;

/// <content>Tokens in rows that are filled up with padding, for parts of exported models that are built node by node.
/// </content>
internal sealed partial class PackedModelBuilder
{
    /// <summary>What shapes call the length of the longest sequence.</summary>
    private const string Longest = "longest";

    /// <summary>The token of each place of a row, 0 in padding, int64 [B, S]; and which places are none, [B,
    /// S].</summary>
    private (Value Token, Value Filled) Places
    {
        get
        {
            Value filled = Once("rows.filled", () =>
                Graph.Node("Less", [Columns, Graph.Unsqueeze(Lengths, 1)]));
            Value token = Once("rows.token", () => Graph.Where(
                filled, Graph.Add(Graph.Unsqueeze(Starts, 1), Columns), Graph.Constant(0L)));
            return (token, filled);
        }
    }

    private Value Starts => Once("rows.starts", () =>
        Graph.WithShape(Graph.Slice(Offsets, 0, 0, -1), Sequences));

    /// <summary>The place in the rows of every token, int64 [T].</summary>
    private Value Slots => Once("rows.slots", () => Graph.WithShape(
        Graph.Squeeze(Graph.Node("NonZero", [Graph.Reshape(Places.Filled, -1)]), 0), "tokens"));

    public override Value Rows(string input, long padding = 0) => Once("rows." + input, () =>
    {
        (Value token, Value filled) = Places;
        return input == PaddedInputs.AttentionMask
            ? Graph.Cast(filled, ElementType.Int64)
            : Graph.Where(filled, Graph.Gather(Numbers(input), token), Graph.Constant(padding));
    });

    public override Value ToRows(Value tokens) => Graph.Gather(tokens, Places.Token);

    public override Value FromRows(Value rows, bool isFlat)
    {
        Value flat = isFlat
            ? rows
            : Graph.Reshape(rows, [-1, .. rows.Shape.Skip(2).Select(size => size.Size)]);
        return Graph.Gather(flat, Slots);
    }

    private Value Numbers(string input) => input switch
    {
        PaddedInputs.InputIds => InputIds,
        PaddedInputs.TokenTypeIds => TokenTypeIds,
        _ => PositionIds(0),
    };

    private Value Lengths => Once("rows.lengths", () => Graph.Sub(
        Graph.WithShape(Graph.Slice(Offsets, 0, 1, long.MaxValue), Sequences), Starts));

    private Value Columns => Once("rows.columns", () =>
    {
        Value longest = Graph.Node(
            "ReduceMax", [Lengths, Graph.Constant([0L])], AttributeList.Empty.With("keepdims", 0));
        Value columns = Graph.Node("Range", [Graph.Constant(0L), longest, Graph.Constant(1L)]);
        return Graph.Unsqueeze(Graph.WithShape(columns, Longest), 0);
    });
}
