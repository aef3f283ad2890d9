using OrtTrainer.Graph;
using OrtTrainer.Models;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// The loss of a training graph: the terms' rows, weighted by how much each row counts, summed and scaled. Each part is
/// an output of its own, and their sum is what is differentiated.
/// </summary>
/// <param name="Total">The sum of the parts, in the order of <see cref="LossPart.All"/>; a scalar.</param>
/// <param name="Parts">The parts there are, scalars.</param>
/// <param name="ReadsLogits">Whether the logits are a value of the graph: where a loss of ids is all there is, it is
/// made with the layer that would make them, block by block.</param>
internal sealed record TotalLoss(
    Value Total, IReadOnlyList<(LossPart Part, Value Value)> Parts, bool ReadsLogits = true)
{
    /// <param name="g">The logits.</param>
    /// <param name="terms">The terms, one or more.</param>
    public static TotalLoss Build(LossGraph g, IReadOnlyList<LossTerm> terms)
    {
        GraphBuilder b = g.Builder;
        (Value scale, Value weights) = (g.Scale, g.Weights);
        if (terms is [var alone] && LinearLayer.Of(b, g.Logits) is { } layer && alone.SharesOfIds(g) is { } shares)
        {
            Value total = shares.Total(g, layer, b.Mul(weights, scale));
            return new(total, [(alone.Part, total)], ReadsLogits: false);
        }

        (LossPart Part, Value Value)[] parts =
        [
            .. from part in LossPart.All
               let rows = terms.Where(term => term.Part == part).Select(term => term.Build(g)).ToArray()
               where rows.Length > 0
               select (part, Scaled(rows.Aggregate(b.Add))),
        ];
        return new(parts.Select(part => part.Value).Aggregate(b.Add), parts);

        Value Scaled(Value rows) => b.Mul(b.ReduceSum(b.Mul(rows, weights), [0], keepAxes: false), scale);
    }

    /// <summary>Makes the sum and its parts outputs of the graph.</summary>
    public void AddOutputs(GraphBuilder g)
    {
        g.Output(Total, PackedInputs.Loss);
        foreach ((LossPart part, Value value) in Parts)
        {
            g.Output(value, part.Output);
        }
    }
}
