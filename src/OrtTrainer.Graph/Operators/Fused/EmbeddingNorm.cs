using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// What the first layer of a transformer takes: z = the sum of rows picked from tables [rows, H], one of each for every
/// token, from the first table to the last; y = dropout(LayerNorm(z)). z is kept for the gradient. An operator is one
/// of its own per number of tables, as a body cannot choose.
/// </summary>
/// <param name="tables">1 to <see cref="FusedOperations.MostEmbeddings"/>.</param>
internal sealed class EmbeddingNorm(int tables) : FusedOperator, IGradientRule
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        $"EmbeddingNorm{tables}({List("table", tables)}, {List("ids", tables)}, gamma, beta, key; "
            + "float epsilon, float p, int site) => y, z, mean, invstd",
        $"""
        z = {Enumerable.Range(0, tables).Select(Picked).Aggregate((sum, row) => $"Add({sum}, {row})")}
        normal, mean, invstd = LayerNorm<epsilon = @epsilon>(z, gamma, beta)
        y = Dropout<p = @p, site = @site>(normal, key)
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context)
    {
        (Shape table, Shape ids) = (context.Shape(0), context.Shape(tables));
        for (int i = 0; i < tables; i++)
        {
            (Shape other, Shape otherIds) = (context.Shape(i), context.Shape(tables + i));
            InferenceContext.Require(other.Rank == 2 && other[1].Equals(table[1]),
                $"tables must have as many columns as the first, {table}, not {other}");
            InferenceContext.Require(otherIds.Rank == 1 && otherIds.Equals(ids),
                $"ids must be as many as those of the first table, {ids}, not {otherIds}");
        }

        Shape row = new(table[1]);
        InferenceContext.Require(
            context.Shape(2 * tables).Equals(row) && context.Shape((2 * tables) + 1).Equals(row),
            $"gamma and beta must be {row}");
        TensorType matrix = context.Type(0).WithShape(new(ids[0], table[1])), list = matrix.WithShape(new(ids[0]));
        return [matrix, matrix, list, list];
    }

    /// <summary>The gradient of z is that of every picked row; tables get the sums of theirs.</summary>
    public IReadOnlyList<Value?> Differentiate(GradientContext context)
    {
        context.RequireNoGradientFrom(output: 1);
        GraphBuilder g = context.Builder;
        int gamma = 2 * tables, key = gamma + 2;
        IReadOnlyList<Value> gradients = g.NodeOutputs(Domain, "EmbeddingNormGrad",
            [context.Dy, context.Out(1), context.In(gamma), context.Out(2), context.Out(3), context.In(key)],
            AttributeList.Empty.With("p", context.Attributes.Float("p")).With("site", context.Attributes.Int("site")));
        Value? OfTable(int i)
        {
            Shape shape = context.In(i).Shape;
            return !context.Needs(i) ? null : g.GatherGrad(
                gradients[0], context.In(tables + i),
                shape.IsFixed ? g.Constant([shape[0].Size, shape[1].Size]) : g.ShapeOf(context.In(i)), shape);
        }

        IEnumerable<int> all = Enumerable.Range(0, tables);
        return [.. all.Select(OfTable), .. all.Select(_ => (Value?)null), gradients[1], gradients[2], null];
    }

    private static string List(string name, int count) =>
        string.Join(", ", Enumerable.Range(0, count).Select(i => $"{name}{i}"));

    private static string Picked(int table) => $"Gather(table{table}, ids{table})";
}

/// <summary>Gradients of <see cref="EmbeddingNorm"/>: dz that of the sum of rows, dgamma and dbeta.</summary>
internal sealed class EmbeddingNormGrad : FusedOperator
{
    public override FunctionDefinition Function { get; } = FunctionDefinition.Parse(
        "EmbeddingNormGrad(dy, z, gamma, mean, invstd, key; float p, int site) => dz, dgamma, dbeta",
        """
        dnormal = Dropout<p = @p, site = @site>(dy, key)
        dz, dgamma, dbeta = LayerNormGrad(dnormal, z, gamma, mean, invstd)
        """);

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) =>
        [context.Type(1), context.Type(2), context.Type(2)];
}
