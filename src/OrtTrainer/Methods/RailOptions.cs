using OrtTrainer.Common;

namespace OrtTrainer.Methods;

/// <summary>
/// Settings of <see cref="ObjectiveKind.RailDistillation"/> (Haidar et al. 2022, the layer-wise form): <c>LabelWeight
/// H(q, p) + TeacherWeight KL(p^teacher_T, p_T) + IntermediateWeight R</c>, times T^2 in the second part. <c>R = 1/k
/// sum_j | S_j s_j / |S_j s_j| - U_j t_j / |U_j t_j| |^2</c>, j = 1..k, over the student's k layers but the last.
/// </summary>
/// <remarks>
/// s_j is the mean of layer j's states over the tokens of an example; t_j is that of the j-th of k of the teacher's
/// layers but its last, drawn anew every epoch and kept in order. S_j and U_j are linear maps to
/// <see cref="MapWidth"/> values, trained along and left out of what is exported. All layers count alike, where the
/// paper has a weight for each, and the maps have no bias: equal biases alone would make R small. Since the teacher's
/// side is mapped too, R can also fall because maps tell examples less apart; a small R is no proof that the student's
/// layers have become the teacher's.
/// </remarks>
public sealed record RailOptions
{
    private const double Third = 1.0 / 3;

    /// <summary>Weight of the labels, 0 or more.</summary>
    public double LabelWeight { get; init => field = OptionRange.AtLeast(value, 0.0); } = Third;

    /// <summary>Weight of the teacher's outputs, 0 or more.</summary>
    public double TeacherWeight { get; init => field = OptionRange.AtLeast(value, 0.0); } = Third;

    /// <summary>Weight of the teacher's layers, 0 or more.</summary>
    public double IntermediateWeight { get; init => field = OptionRange.AtLeast(value, 0.0); } = Third;

    /// <summary>T, above 0: divides the logits of both; it does not matter for regression.</summary>
    public double Temperature { get; init => field = OptionRange.Above(value, 0); } = 2;

    /// <summary>Multiplies the part of the teacher's outputs by T^2, so that its gradient keeps its size.</summary>
    public bool TemperatureSquared { get; init; } = true;

    /// <summary>Values that states are mapped to before they are compared, 1 or more.</summary>
    public int MapWidth { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 128;
}
