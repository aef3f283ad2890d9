namespace OrtTrainer.Training.Loss;

/// <summary>
/// The parts of a loss, each already weighted; <see cref="Total"/> is what is optimised, by these float32 sums in this
/// order.
/// </summary>
/// <param name="Labels">What the labels make.</param>
/// <param name="Teacher">What a teacher, real or made up, makes.</param>
/// <param name="Penalty">What penalties make; a confidence penalty is negative.</param>
/// <param name="Intermediate">What the distance to a teacher's layers makes.</param>
public readonly record struct LossTerms(float Labels, float Teacher, float Penalty, float Intermediate = 0)
{
    /// <summary>The loss.</summary>
    public float Total => Labels + Teacher + Penalty + Intermediate;

    public static LossTerms operator +(LossTerms a, LossTerms b) =>
        new(a.Labels + b.Labels, a.Teacher + b.Teacher, a.Penalty + b.Penalty, a.Intermediate + b.Intermediate);
}
