using OrtTrainer.Graph;

namespace OrtTrainer.Models.Imported;

/// <summary>What an exported model gives: a row of logits per sequence, or one per token, or the states of its
/// tokens.</summary>
/// <param name="States">The last value with a row per token; of images, what the last layer takes.</param>
/// <param name="Features">What the last layer takes; null for a model without a head.</param>
/// <param name="Last">The last layer; null for a model without a head.</param>
/// <param name="IsPerSequence">Whether it gives a row per sequence.</param>
internal sealed record ImportedOutput(Value States, Value? Features, LinearSite? Last, bool IsPerSequence)
{
    /// <summary>The output of a graph.</summary>
    /// <exception cref="GraphException">None of its outputs is understood.</exception>
    public static ImportedOutput Of(SourceGraph source)
    {
        Value output = source.Graph.Outputs.FirstOrDefault(o => o.Name == PaddedInputs.Logits)
            ?? source.Graph.Outputs.First(o => source.IsLearned(o) || source.Graph.Outputs.Count == 1);
        Value logits = output;
        while (source.Producer(logits) is { Operator.Type: "Identity" or "Cast" or "Squeeze" or "Split" } node)
        {
            logits = node.Inputs[0]!;
        }

        LinearSite? last = LinearSite.Match(source, logits);
        Value top = last?.X ?? logits;
        if (source.Rows is null)
        {
            return last is null
                ? throw new GraphException($"The output '{output}' is made by no linear layer; an image model " +
                    $"ends in one.")
                : new(top, top, last, IsPerSequence: true);
        }

        Value states = NearestTokens(source, top) ?? throw new GraphException(
            $"The output '{output}' depends on no value with a row per token, [batch, sequence, ...], as far as " +
            $"the sizes "
            + "can be told. Export with named axes for batch and sequence.");
        bool isPerSequence = source.FormOf(logits) == TokenForm.None;
        return last is null && isPerSequence && output.Shape.Rank == 2
            ? throw new GraphException($"The output '{output}' is made by no linear layer, so that its classes " +
                $"cannot be told.")
            : new(states, last is null ? null : top, last, isPerSequence);
    }

    /// <summary>The value of tokens that is fewest nodes away.</summary>
    private static Value? NearestTokens(SourceGraph source, Value top)
    {
        HashSet<Value> seen = [top];
        Queue<Value> open = new([top]);
        while (open.TryDequeue(out Value? value))
        {
            if (source.FormOf(value) == TokenForm.ByRow && value.Shape is { Rank: 3 } shape && shape[2].IsFixed
                && value.Type.Element == OrtTrainer.Graph.ElementType.Float)
            {
                return value;
            }

            foreach (Value input in source.Producer(value)?.Inputs.OfType<Value>() ?? [])
            {
                if (source.IsLearned(input) && !source.IsWeight(input) && seen.Add(input))
                {
                    open.Enqueue(input);
                }
            }
        }

        return null;
    }
}
