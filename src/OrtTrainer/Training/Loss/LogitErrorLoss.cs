using OrtTrainer.Graph;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// The squared error between the model's outputs and a teacher's, the latter times a scale: a mean over classes that
/// exclude each other, and over all outputs in the end.
/// </summary>
internal sealed class LogitErrorLoss : LossTerm
{
    private readonly RowValues _teacher;
    private readonly RowTable? _shares;
    private readonly LossCoefficient _weight;
    private readonly LossCoefficient _scale;

    /// <param name="teacher">The teacher's outputs, K per row.</param>
    /// <param name="shares">What the error of each row counts, [R]; null for 1.</param>
    /// <param name="weightAt">Its share of the loss at an optimizer step, counted from 0.</param>
    /// <param name="scaleAt">What the teacher's outputs are multiplied with at an optimizer step.</param>
    public LogitErrorLoss(
        RowValues teacher, float[]? shares, Func<long, float> weightAt, Func<long, float> scaleAt)
    {
        _teacher = teacher;
        _shares = shares is null ? null : RowTable.OfRows("error_shares", shares);
        _weight = new LossCoefficient("logit_weight", weightAt);
        _scale = new LossCoefficient("teacher_scale", scaleAt);
    }

    internal override LossPart Part => LossPart.Teacher;

    internal override IReadOnlyList<LossInput> Inputs =>
        _shares is null ? [_teacher, _weight, _scale] : [_teacher, _weight, _scale, _shares];

    internal override Value Build(LossGraph g)
    {
        Value error = g.Builder.Sub(g.Logits, g.Builder.Mul(_teacher.In(g), _scale.In(g)));
        Value rows = g.Builder.Mul(g.Distribution.SquaredError(g, error), _weight.In(g));
        return _shares is null ? rows : g.Builder.Mul(rows, _shares.In(g));
    }
}
