using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Training;

/// <summary>What training minimizes: the terms of the loss, and what every example is trained towards.</summary>
internal sealed class TrainingObjective
{
    /// <param name="distribution">What a row of the outputs stands for.</param>
    /// <param name="targets">What every example is trained towards.</param>
    /// <param name="terms">The terms of the loss; none for that of the labels alone.</param>
    public TrainingObjective(
        OutputDistribution distribution, ExampleTargets targets, params IReadOnlyList<LossTerm> terms)
    {
        Distribution = distribution;
        Targets = targets;
        Terms = terms.Count > 0 ? terms : [new LabelLoss()];
        Inputs = [.. Terms.SelectMany(term => term.Inputs)];
        IsTwofold = Terms.Any(term => term.IsTwofold);
    }

    /// <summary>What a row of the outputs stands for.</summary>
    public OutputDistribution Distribution { get; }

    /// <summary>What every example is trained towards.</summary>
    public ExampleTargets Targets { get; }

    /// <summary>Draws what a step learns from; null where examples are learned from as they are.</summary>
    public ExampleDraw? Draw { get; init; }

    /// <summary>The terms of the loss, one or more.</summary>
    public IReadOnlyList<LossTerm> Terms { get; }

    /// <summary>Whether every example runs twice in a batch, each copy counting half.</summary>
    public bool IsTwofold { get; }

    /// <summary>What the terms read beside logits and labels.</summary>
    internal IReadOnlyList<LossInput> Inputs { get; }

    /// <summary>The same loss with other targets, as they were drawn.</summary>
    public TrainingObjective With(ExampleTargets targets) => new(Distribution, targets, Terms);

    /// <summary>The same loss with a draw for every step.</summary>
    public TrainingObjective With(ExampleDraw? draw) =>
        draw is null ? this : new(Distribution, Targets, Terms) { Draw = draw };

    /// <summary>What a step learns from: its examples as they are, or as they are drawn for it.</summary>
    /// <param name="examples">The training examples.</param>
    /// <param name="indices">Which of them the step takes.</param>
    /// <param name="step">Optimizer steps done before.</param>
    public (IReadOnlyList<TokenizedExample> Examples, TrainingObjective Objective, int[] Indices) OfStep(
        IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, long step)
    {
        if (Draw is null)
        {
            return (examples, this, indices.ToArray());
        }

        (examples, ExampleTargets? drawn) = Draw.Draw(examples, Targets, indices, step);
        return drawn is null
            ? (examples, this, indices.ToArray())
            : (examples, With(drawn), [.. Enumerable.Range(0, examples.Count)]);
    }

    /// <summary>
    /// What the sum of the rows' losses is multiplied with to get the task's mean: over the rows by their weights, and
    /// over the outputs too where these are not exclusive classes, or over sequences and outputs; 0 where every row is
    /// ignored, whose loss is 0.
    /// </summary>
    public float MeanScale(ReadOnlySpan<int> examples)
    {
        double weight = Distribution.IsAcrossRows ? examples.Length : 0;
        if (!Distribution.IsAcrossRows)
        {
            foreach (int row in new BatchRows(inputs: [], Targets, examples, copies: 1, offsets: [], step: 0))
            {
                weight += Targets.Weight(row);
            }
        }

        return weight == 0 ? 0 : (float)(1 / (weight * Distribution.Divisor(Targets.Outputs)));
    }
}
