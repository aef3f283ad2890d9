using OrtTrainer.Graph;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// The squared error between the model's outputs and a teacher's, the latter times a scale: a mean over classes that
/// exclude each other, and over all outputs in the end.
/// </summary>
internal sealed class LogitErrorLoss : LossTerm
{
    private readonly RowTable _teacher;
    private readonly LossCoefficient _weight;
    private readonly LossCoefficient _scale;

    /// <param name="teacher">The teacher's outputs, [R, K].</param>
    /// <param name="outputs">K.</param>
    /// <param name="weight">Its share of the loss.</param>
    public LogitErrorLoss(float[] teacher, int outputs, double weight)
        : this(teacher, outputs, _ => (float)weight, _ => 1)
    {
    }

    /// <param name="teacher">The teacher's outputs, [R, K].</param>
    /// <param name="outputs">K.</param>
    /// <param name="weightAt">Its share of the loss at an optimizer step, counted from 0.</param>
    /// <param name="scaleAt">What the teacher's outputs are multiplied with at an optimizer step.</param>
    public LogitErrorLoss(float[] teacher, int outputs, Func<long, float> weightAt, Func<long, float> scaleAt)
    {
        _teacher = RowTable.OfOutputs("teacher_outputs", teacher, outputs);
        _weight = new LossCoefficient("logit_weight", weightAt);
        _scale = new LossCoefficient("teacher_scale", scaleAt);
    }

    internal override LossPart Part => LossPart.Teacher;

    internal override IReadOnlyList<LossInput> Inputs => [_teacher, _weight, _scale];

    internal override Value Build(LossGraph g)
    {
        Value error = g.Builder.Sub(g.Logits, g.Builder.Mul(_teacher.In(g), _scale.In(g)));
        return g.Builder.Mul(g.Distribution.SquaredError(g, error), _weight.In(g));
    }
}
