using OrtTrainer.Models;
using OrtTrainer.Runtime;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// The numbers of a training graph's loss: <c>LabelWeight H(q, p) (1 - p_y)^FocalGamma + TeacherWeight H(s, p_T) +
/// LogitWeight mean (z - TeacherScale t)^2 - PenaltyWeight H(p) + AgreementWeight (KL(p, p') + KL(p', p)) / 2 +
/// IntermediateWeight R</c>, R the distance to the teacher's layers. Plain labels where nothing is set.
/// </summary>
public sealed record LossCoefficients
{
    /// <summary>Labels only.</summary>
    public static LossCoefficients Plain { get; } = new();

    /// <summary>Share of the labels.</summary>
    public float LabelWeight { get; init; } = 1;

    /// <summary>Share of the cross-entropy with the teacher; T^2 included where wanted.</summary>
    public float TeacherWeight { get; init; }

    /// <summary>1/T.</summary>
    public float InverseTemperature { get; init; } = 1;

    /// <summary>Share of the squared error to the teacher's outputs.</summary>
    public float LogitWeight { get; init; }

    /// <summary>What the teacher's outputs are multiplied with in that error.</summary>
    public float TeacherScale { get; init; } = 1;

    /// <summary>Strength of the confidence penalty.</summary>
    public float PenaltyWeight { get; init; }

    /// <summary>How fast the loss fades for examples already right; 0 for not at all.</summary>
    public float FocalGamma { get; init; }

    /// <summary>Strength of the agreement of an example's two passes.</summary>
    public float AgreementWeight { get; init; }

    /// <summary>Share of the distance to the teacher's layers.</summary>
    public float IntermediateWeight { get; init; }

    /// <summary>Gives them to a session; only the inputs named in <paramref name="inputs"/> are set.</summary>
    internal void Bind(Binding binding, IReadOnlySet<string> inputs)
    {
        Set(PackedInputs.LabelWeight, LabelWeight);
        Set(PackedInputs.TeacherWeight, TeacherWeight);
        Set(PackedInputs.InverseTemperature, InverseTemperature);
        Set(PackedInputs.LogitWeight, LogitWeight);
        Set(PackedInputs.TeacherScale, TeacherScale);
        Set(PackedInputs.PenaltyWeight, PenaltyWeight);
        Set(PackedInputs.FocalGamma, FocalGamma);
        Set(PackedInputs.AgreementWeight, AgreementWeight);
        Set(PackedInputs.IntermediateWeight, IntermediateWeight);

        void Set(string name, float value)
        {
            if (inputs.Contains(name))
            {
                binding.SetInput(name, [value], []);
            }
        }
    }
}
