using OrtTrainer.Graph;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// The cross-entropy H(s, p_T) between a teacher's probabilities s and the model's at a temperature T, or with the
/// teacher's entropy taken off the divergence KL(s, p_T); the sum over labels where these do not exclude each other.
/// </summary>
internal sealed class SoftTargetLoss : LossTerm
{
    private readonly RowTable _targets;
    private readonly RowTable? _offsets;
    private readonly LossCoefficient _weight;
    private readonly LossCoefficient _inverseTemperature;

    /// <param name="targets">s, K per row, at the temperature already.</param>
    /// <param name="outputs">K.</param>
    /// <param name="offsets">Added to each row: the negative entropy of s for a divergence; null for 0.</param>
    /// <param name="temperature">T, above 0: divides the model's logits.</param>
    /// <param name="weight">Its share of the loss, T^2 included where wanted.</param>
    /// <param name="places">Which of these rows belongs to each row of the batch's targets, [R], or -1 for none, which
    /// then learns nothing from it; null where they are the same.</param>
    public SoftTargetLoss(
        float[] targets, int outputs, float[]? offsets, double temperature, double weight, int[]? places = null)
    {
        _targets = RowTable.OfOutputs("teacher_targets", targets, outputs, places);
        _offsets = offsets is null ? null : RowTable.OfRows("teacher_offsets", offsets, places);
        _weight = new LossCoefficient("teacher_weight", weight);
        _inverseTemperature = new LossCoefficient("inverse_temperature", 1 / temperature);
    }

    internal override LossPart Part => LossPart.Teacher;

    internal override IReadOnlyList<LossInput> Inputs =>
        [_targets, .. _offsets is null ? Array.Empty<LossInput>() : [_offsets], _weight, _inverseTemperature];

    internal override Value Build(LossGraph g) => g.Builder.Mul(
        g.Distribution.SoftLoss(g, _targets.In(g), _offsets?.In(g), _inverseTemperature.In(g)), _weight.In(g));
}
