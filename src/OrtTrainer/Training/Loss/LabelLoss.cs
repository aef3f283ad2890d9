using OrtTrainer.Graph;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// The task's loss against the labels: cross-entropy H(q, p), its binary form, or the squared error. Smoothed labels
/// are other labels to it.
/// </summary>
internal sealed class LabelLoss : LossTerm
{
    private const string Weight = "label_weight";

    private readonly LossCoefficient? _weight;

    /// <summary>The loss at full weight.</summary>
    public LabelLoss()
    {
    }

    /// <param name="weight">Its share of the loss.</param>
    public LabelLoss(double weight) => _weight = new LossCoefficient(Weight, weight);

    /// <param name="weightAt">Its share of the loss at an optimizer step, counted from 0.</param>
    public LabelLoss(Func<long, float> weightAt) => _weight = new LossCoefficient(Weight, weightAt);

    internal override LossPart Part => LossPart.Labels;

    internal override IReadOnlyList<LossInput> Inputs => _weight is null ? [] : [_weight];

    internal override IdShares? SharesOfIds(LossGraph g) => !g.Distribution.TakesIds
        ? null
        : _weight is null ? IdShares.OfLabel(g) : IdShares.OfLabel(g) with { Label = _weight.In(g) };

    internal override Value Build(LossGraph g)
    {
        Value loss = g.Distribution.LabelLoss(g);
        return _weight is null ? loss : g.Builder.Mul(loss, _weight.In(g));
    }
}
