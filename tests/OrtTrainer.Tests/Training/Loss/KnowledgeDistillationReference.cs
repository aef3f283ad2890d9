using OrtTrainer.Common;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Training.Loss;

/// <summary>
/// <c>(1 - alpha) H(q, p) + alpha KL(p^teacher_T, p_T)</c>, optionally times T^2 (Hinton et al. 2015); batch means,
/// never divided by the number of classes. Teacher-free regularization is the same with a virtual teacher.
/// </summary>
internal sealed record KnowledgeDistillationReference
{
    /// <summary>Share of the teacher, in [0, 1].</summary>
    public double Alpha { get; init => field = OptionRange.Between(value, 0, 1); } = 0.5;

    /// <summary>T, above 0: divides the student's logits here; the teacher's targets must already be at it.</summary>
    public double Temperature { get; init => field = OptionRange.Above(value, 0); } = 1;

    /// <summary>Multiplies the teacher's part by T^2, so that its gradient keeps its size whatever T is.</summary>
    public bool TemperatureSquared { get; init; } = true;

    /// <summary>The loss and its gradient by the student's logits.</summary>
    /// <param name="logits">The student's, [B, K].</param>
    /// <param name="labels">q, [B, K].</param>
    /// <param name="teacher">The teacher's distributions at <see cref="Temperature"/>, [B, K].</param>
    /// <param name="gradient">Added to, [B, K]; empty if not wanted.</param>
    /// <returns>The loss in nats.</returns>
    public double Loss(ReadOnlySpan<double> logits, SoftTargets labels, SoftTargets teacher, Span<double> gradient)
    {
        ArgumentNullException.ThrowIfNull(teacher);
        var scale = Alpha * (TemperatureSquared ? Temperature * Temperature : 1);
        return SoftmaxCrossEntropy.Loss(logits, labels, gradient, scale: 1 - Alpha)
            + SoftmaxCrossEntropy.Loss(logits, teacher, gradient, Temperature, scale)
            - (scale * teacher.Entropy());
    }
}
