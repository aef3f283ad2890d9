using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Training;

/// <summary>What training minimises: targets per example, and coefficients per step.</summary>
public sealed class TrainingObjective
{
    private readonly Func<long, LossCoefficients> _coefficients;

    /// <param name="distribution">What a row of the outputs stands for.</param>
    /// <param name="targets">What every example is trained towards.</param>
    /// <param name="coefficients">The numbers of the loss; null for plain labels.</param>
    public TrainingObjective(OutputDistribution distribution, ExampleTargets targets, LossCoefficients? coefficients = null)
        : this(distribution, targets, coefficients ?? LossCoefficients.Plain, null)
    {
    }

    private TrainingObjective(
        OutputDistribution distribution, ExampleTargets targets, LossCoefficients first, Func<long, LossCoefficients>? changing)
    {
        Distribution = distribution;
        Targets = targets;
        _coefficients = changing ?? (_ => first);
        IsTwofold = first.AgreementWeight > 0;
    }

    /// <summary>What a row of the outputs stands for.</summary>
    public OutputDistribution Distribution { get; }

    /// <summary>What every example is trained towards.</summary>
    public ExampleTargets Targets { get; }

    /// <summary>The teacher's layers to compare the student's with; null where the graph compares none.</summary>
    public LayerTargets? Layers { get; init; }

    /// <summary>Whether every example runs twice in a batch, to agree with itself; the graph must be built for
    /// it.</summary>
    public bool IsTwofold { get; }

    /// <summary>An objective whose coefficients change.</summary>
    /// <param name="distribution">What a row of the outputs stands for.</param>
    /// <param name="targets">What every example is trained towards.</param>
    /// <param name="coefficients">The numbers of the loss at a step, counted from 0.</param>
    public static TrainingObjective Changing(
        OutputDistribution distribution, ExampleTargets targets, Func<long, LossCoefficients> coefficients) =>
        new(distribution, targets, coefficients(0), coefficients);

    /// <summary>The numbers of the loss at a step, counted from 0.</summary>
    public LossCoefficients At(long step) => _coefficients(step);

    /// <summary>
    /// What the sum of the rows' losses is multiplied with to get the task's mean: over the rows by their
    /// weights, and over the outputs too where these are not exclusive classes.
    /// </summary>
    public float MeanScale(ReadOnlySpan<int> examples)
    {
        double weight = 0;
        foreach (int example in examples)
        {
            weight += Targets.WeightOf(example);
        }

        return (float)(1 / (weight * Distribution.Divisor(Targets.Outputs)));
    }
}
