namespace OrtTrainer.Training.Loss;

/// <summary>
/// The parts of a loss, each already weighted; <see cref="Total"/> is what is optimized, by these float32 sums in this
/// order. A part that a method does not have is 0.
/// </summary>
/// <param name="Labels">What the labels make.</param>
/// <param name="Teacher">What a teacher, real or virtual, makes.</param>
/// <param name="Penalty">What penalties make; a confidence penalty is negative.</param>
/// <param name="Intermediate">What the distance to a teacher's layers makes.</param>
public readonly record struct LossParts(float Labels, float Teacher = 0, float Penalty = 0, float Intermediate = 0)
{
    /// <summary>The loss.</summary>
    public float Total => Labels + Teacher + Penalty + Intermediate;

    /// <summary>Part by part, in float32.</summary>
    public static LossParts operator +(LossParts a, LossParts b) =>
        new(a.Labels + b.Labels, a.Teacher + b.Teacher, a.Penalty + b.Penalty, a.Intermediate + b.Intermediate);

    /// <summary>Part by part, in float32.</summary>
    public static LossParts operator /(LossParts parts, float divisor) => new(
        parts.Labels / divisor, parts.Teacher / divisor, parts.Penalty / divisor, parts.Intermediate / divisor);

    /// <summary>Takes the parts in the order of <see cref="LossPart.All"/>.</summary>
    internal static LossParts Of(ReadOnlySpan<float> values) => new(values[0], values[1], values[2], values[3]);
}
