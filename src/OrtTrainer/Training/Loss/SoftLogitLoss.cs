using OrtTrainer.Graph;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// The loss of <see cref="SoftTargetLoss"/> where a teacher's probabilities are not known before the step: the graph
/// makes them of its logits, every row of which is a distribution over classes that exclude each other.
/// </summary>
/// <param name="teacher">The teacher's logits, K per row.</param>
/// <param name="temperature">T, above 0: divides the logits of both.</param>
/// <param name="divergence">Whether the teacher's entropy is taken off.</param>
/// <param name="weight">Its share of the loss, T^2 included where wanted.</param>
internal sealed class SoftLogitLoss(RowValues teacher, double temperature, bool divergence, double weight) : LossTerm
{
    private readonly LossCoefficient _weight = new("teacher_weight", weight);
    private readonly LossCoefficient _inverseTemperature = new("inverse_temperature", 1 / temperature);

    internal override LossPart Part => LossPart.Teacher;

    internal override IReadOnlyList<LossInput> Inputs => [teacher, _weight, _inverseTemperature];

    internal override Value Build(LossGraph g)
    {
        GraphBuilder b = g.Builder;
        Value inverseTemperature = _inverseTemperature.In(g);
        Value logarithms = b.LogSoftmax(b.Mul(teacher.In(g), inverseTemperature), -1);
        Value targets = b.Exp(logarithms);
        Value? offsets = divergence ? g.Sum(b.Mul(targets, logarithms)) : null;
        return b.Mul(g.Distribution.SoftLoss(g, targets, offsets, inverseTemperature), _weight.In(g));
    }
}
