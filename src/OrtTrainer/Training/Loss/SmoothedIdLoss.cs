using OrtTrainer.Graph;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// The cross-entropy with smoothed labels that are ids, or the divergence from them:
/// <c>-(s - o) log p_y - o sum_k log p_k</c>, s on the label and o on each other class, which takes no table of
/// targets.
/// </summary>
internal sealed class SmoothedIdLoss : LossTerm
{
    private readonly bool _isTempered;
    private readonly LossCoefficient _onLabel;
    private readonly LossCoefficient _onAll;
    private readonly LossCoefficient _offset;
    private readonly LossCoefficient _inverseTemperature;

    /// <param name="part">What it counts to in reports.</param>
    /// <param name="labels">How the labels are smoothed; the model's logits have the same temperature.</param>
    /// <param name="classes">K.</param>
    /// <param name="divergence">Whether the entropy of the targets is taken off.</param>
    /// <param name="weight">Its share of the loss.</param>
    public SmoothedIdLoss(LossPart part, SmoothedLabels labels, int classes, bool divergence, double weight)
    {
        Part = part;
        (double label, double others) = labels.Of(classes);
        _isTempered = labels.Temperature != 1;
        _onLabel = new LossCoefficient("smoothed_on_label", weight * (label - others));
        _onAll = new LossCoefficient("smoothed_on_all", weight * others);
        _offset = new LossCoefficient("smoothed_offset", divergence ? weight * labels.NegativeEntropy(classes) : 0);
        _inverseTemperature = new LossCoefficient("smoothed_inverse_temperature", 1 / labels.Temperature);
    }

    internal override LossPart Part { get; }

    internal override IReadOnlyList<LossInput> Inputs =>
        _isTempered ? [_onLabel, _onAll, _offset, _inverseTemperature] : [_onLabel, _onAll, _offset];

    internal override Value Build(LossGraph g) => Shares(g).Rows(g);

    internal override IdShares? SharesOfIds(LossGraph g) => Shares(g);

    private IdShares Shares(LossGraph g) => new(
        _isTempered ? _inverseTemperature.In(g) : g.Builder.Constant(1f), _onLabel.In(g), _onAll.In(g), _offset.In(g));
}
