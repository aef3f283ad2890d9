using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models.Imported;

/// <content>What is recognized.</content>
internal sealed partial class GraphReplay
{
    /// <summary>A value by the builder's layers; null where it is made by none that is known.</summary>
    private Value? Site(Value value) =>
        Attention(value) ?? Norm(value) ?? FeedForward(value) ?? Linear(value) ?? LinearAdd(value) ?? Activation(value)
        ?? Embedding(value);

    private Value? Attention(Value value)
    {
        if (AttentionSite.Match(source, value) is not { HasKnownScale: true } site
            || !settings.Masks.TryGetValue(site.Mask.Name, out AttentionMask mask))
        {
            return null;
        }

        Value x = Of(site.X);
        m.Place = PlaceOf(site.Layers.Query.Text);
        m.ReadsFirstTokens = value == FirstTokensOf;
        Value attended = m.SelfAttention(
            site.Layers,
            settings.Shape with
            {
                Width = (int)site.X.Shape[-1].Size,
                Heads = site.Heads,
                HeadWidth = site.HeadWidth,
                ScalesScores = site.IsScaled,
            },
            mask, settings.AttentionDropout, x);
        m.ReadsFirstTokens = false;
        return attended;
    }

    private Value? Norm(Value value)
    {
        if (NormSite.Match(source, value) is not { } site)
        {
            return null;
        }

        if (!site.IsCentered)
        {
            return Placed(site.Stem, site.X, x => m.RmsNorm(site.Stem, site.Width, site.Epsilon, x));
        }

        if (FormOf(value) == TokenForm.ByRow && Tables(site.X) is { Count: > 1 } tables)
        {
            m.Place = ParameterPlace.Embeddings;
            return m.NormedEmbeddings(
                site.Stem, site.Width, site.Epsilon, site.HasBias, settings.Dropout, [.. tables]);
        }

        if (site.HasBias && source.UsesOf(site.X) == 1 && Rank(site.X) == 2
            && BranchOf(site.X) is var (branch, residual))
        {
            (Value made, Value kept) = (Of(branch), Of(residual));
            m.Place = PlaceOf(site.Stem);
            return m.DropoutAddLayerNorm(
                site.Stem, site.Width, site.Epsilon, settings.Dropout, made, m.Residual(kept, made));
        }

        return Placed(site.Stem, site.X, x => m.LayerNorm(site.Stem, site.Width, site.Epsilon, site.HasBias, x));
    }

    /// <summary>The tables of embeddings that a value is the sum of; null where it is no such sum.</summary>
    private List<EmbeddingTable>? Tables(Value value)
    {
        if (TableOf(value) is var (name, rows, ids))
        {
            return [new(name, rows, PerToken(ids, rank: 2))];
        }

        return source.Producer(value, "Add") is { } add && source.UsesOf(value) < 4
            && Tables(add.Inputs[0]!) is { } left && Tables(add.Inputs[1]!) is { } right
            ? [.. left, .. right]
            : null;
    }

    private (string Name, long Rows, Value Ids)? TableOf(Value value) =>
        source.Producer(value, "Gather") is { } gather && gather.Attributes.Int("axis", 0) == 0
        && gather.Inputs[0] is { Shape.Rank: 2 } table && source.IsWeight(table)
        && table.Name.EndsWith(".weight", StringComparison.Ordinal) && gather.Inputs[1] is { Shape.Rank: 2 } ids
        ? (table.Name[..^".weight".Length], table.Shape[0].Size, ids)
        : null;

    private Value? Embedding(Value value)
    {
        if (FormOf(value) != TokenForm.ByRow || TableOf(value) is not var (name, rows, ids)
            || FormOf(ids) != TokenForm.ByRow)
        {
            return null;
        }

        m.Place = ParameterPlace.Embeddings;
        return m.Embedding(name, rows, value.Shape[-1].Size, Of(ids));
    }

    /// <summary>What a layer made and what it is added to.</summary>
    private (Value Branch, Value Residual)? BranchOf(Value sum)
    {
        if (source.Producer(sum, "Add") is not { } add || LinearSite.Match(source, sum) is not null)
        {
            return null;
        }

        for (int place = 0; place < 2; place++)
        {
            (Value branch, Value residual) = (add.Inputs[place]!, add.Inputs[1 - place]!);
            if (LinearSite.Match(source, branch) is not null && residual.Shape.Equals(branch.Shape))
            {
                return (branch, residual);
            }
        }

        return null;
    }

    /// <summary>A layer in the branch beside a residual.</summary>
    private Value? LinearAdd(Value value)
    {
        if (BranchOf(value) is not var (branch, residual) || source.UsesOf(branch) != 1
            || FeedForwardOf(branch) is not null || LinearSite.Match(source, branch) is not { } site
            || (site.Bias is not null && site.Bias != site.Stem) || Rank(site.X) != 2)
        {
            return null;
        }

        (Value x, Value kept) = (Of(site.X), Of(residual));
        m.Place = PlaceOf(site.Stem);
        return m.LinearDropoutAdd(site.Name, site.Inputs, site.Outputs, settings.Dropout, x, m.Residual(kept, x));
    }

    private Value? Linear(Value value)
    {
        if (LinearSite.Match(source, value) is not { } site)
        {
            return null;
        }

        if (site.Bias is not null && site.Bias != site.Stem)
        {
            return site.InputsFirst ? null : Placed(site.Stem, site.X, x => m.TiedLinear(
                site.Stem, site.Bias, site.Inputs, site.Outputs, x));
        }

        return Placed(site.Stem, site.X, x => site.Bias is null
            ? m.Map(site.Name, site.Inputs, site.Outputs, x)
            : m.Linear(site.Name, site.Inputs, site.Outputs, x));
    }

    private (LinearSite Outer, LinearSite Inner, ActivationSite Activation)? FeedForwardOf(Value value) =>
        LinearSite.Match(source, value) is { Bias: not null } outer && outer.Bias == outer.Stem
        && ActivationSite.Match(source, outer.X) is { } activation
        && LinearSite.Match(source, activation.X) is { Bias: not null } inner && inner.Bias == inner.Stem
        ? (outer, inner, activation)
        : null;

    /// <summary>Two layers with an activation between them.</summary>
    private Value? FeedForward(Value value)
    {
        if (FeedForwardOf(value) is not var (outer, inner, activation) || Rank(inner.X) != 2
            || inner.Inputs != outer.Outputs)
        {
            return null;
        }

        Value x = Of(inner.X);
        m.Place = PlaceOf(outer.Stem);
        return m.FeedForward(inner.Name, outer.Name, inner.Inputs, inner.Outputs, activation.Name, x);
    }

    private Value? Activation(Value value) => ActivationSite.Match(source, value) is { } site
        ? m.Activation(site.Name, Of(site.X))
        : null;

    /// <summary>A layer of the place its weights are of, on a matrix where the builder's layers take no
    /// other.</summary>
    private Value Placed(string stem, Value x, Func<Value, Value> layer)
    {
        Value made = Of(x);
        m.Place = PlaceOf(stem);
        if (!m.IsPacked || made.Shape.Rank == 2)
        {
            return layer(made);
        }

        Value y = layer(Graph.Reshape(made, -1, made.Shape[-1].Size));
        Value leading = Graph.Slice(Graph.ShapeOf(made), 0, 0, made.Shape.Rank - 1);
        Value whole = Graph.Node("Reshape", [y, Graph.Concat(0, leading, Graph.Constant([y.Shape[-1].Size]))]);
        return Graph.WithShape(whole, new Shape([.. made.Shape.SkipLast(1), y.Shape[-1]]));
    }

    /// <summary>The axes that a value has in a packed graph; 2 in a padded one, whose layers take any.</summary>
    private int Rank(Value value) => !m.IsPacked ? 2
        : FormOf(value) == TokenForm.ByRow ? value.Shape.Rank - 1
        : value.Shape.Rank;
}
