namespace OrtTrainer.Models;

/// <summary>Names of the inputs and outputs of packed graphs. T tokens, B sequences, K outputs of the head.</summary>
public static class PackedInputs
{
    /// <summary>Token ids, int64 [T].</summary>
    public const string InputIds = "input_ids";

    /// <summary>Positions in their sequence from 0, int64 [T].</summary>
    public const string PositionIds = "position_ids";

    /// <summary>Segments, int64 [T].</summary>
    public const string TokenTypeIds = "token_type_ids";

    /// <summary>Where each sequence starts and the last one ends, int64 [B + 1].</summary>
    public const string Offsets = "offsets";

    /// <summary>Two numbers in [0, 2^32) from which all dropout of a step follows, int64 [2].</summary>
    public const string DropoutKey = "dropout_key";

    /// <summary>Targets, float [B, K]: probabilities of classes, 0/1 per label, or values.</summary>
    public const string Targets = "targets";

    /// <summary>
    /// What the teacher says, float [B, K]: its probabilities at the temperature, or its outputs where only
    /// <see cref="LogitWeight"/> counts, and for regression.
    /// </summary>
    public const string TeacherTargets = "teacher_targets";

    /// <summary>
    /// Added to every example's cross-entropy with the teacher, float [B]: the negative entropy of its probabilities
    /// makes it a divergence.
    /// </summary>
    public const string TeacherOffsets = "teacher_offsets";

    /// <summary>How much each example counts, float [B].</summary>
    public const string ExampleWeights = "example_weights";

    /// <summary>What the sum of the examples' losses is multiplied with, float scalar.</summary>
    public const string LossScale = "loss_scale";

    /// <summary>Share of the labels in the loss, float scalar.</summary>
    public const string LabelWeight = "label_weight";

    /// <summary>Share of the cross-entropy with the teacher, float scalar; T^2 included where wanted.</summary>
    public const string TeacherWeight = "teacher_weight";

    /// <summary>1/T, which multiplies the logits in the cross-entropy with the teacher, float scalar.</summary>
    public const string InverseTemperature = "inverse_temperature";

    /// <summary>Share of the squared error to the teacher's outputs, float scalar.</summary>
    public const string LogitWeight = "logit_weight";

    /// <summary>What the teacher's outputs are multiplied with in that error, float scalar.</summary>
    public const string TeacherScale = "teacher_scale";

    /// <summary>Strength of the confidence penalty, float scalar.</summary>
    public const string PenaltyWeight = "penalty_weight";

    /// <summary>How fast the focal loss fades, float scalar; 0 is cross-entropy.</summary>
    public const string FocalGamma = "focal_gamma";

    /// <summary>The row that holds the same example again, int64 [B].</summary>
    public const string Partners = "partners";

    /// <summary>Strength of the agreement with the partner, float scalar.</summary>
    public const string AgreementWeight = "agreement_weight";

    /// <summary>
    /// 1 / length of the sequence for its own tokens, 0 for others, float [B, T]: takes means over tokens.
    /// </summary>
    public const string Pooling = "pooling";

    /// <summary>Share of the distance to the teacher's layers, float scalar.</summary>
    public const string IntermediateWeight = "intermediate_weight";

    /// <summary>Output of the head, float [B, K].</summary>
    public const string Logits = "logits";

    /// <summary>The scaled loss, float scalar: the sum of its parts.</summary>
    public const string Loss = "loss";

    /// <summary>The part of the loss that the labels make, float scalar.</summary>
    public const string LabelLoss = "label_loss";

    /// <summary>The part that the teacher makes, float scalar.</summary>
    public const string TeacherLoss = "teacher_loss";

    /// <summary>The part that penalties make, float scalar.</summary>
    public const string PenaltyLoss = "penalty_loss";

    /// <summary>The part that the teacher's layers make, float scalar; only where a graph compares layers.</summary>
    public const string IntermediateLoss = "intermediate_loss";

    /// <summary>The encoder's last layer, float [T, width].</summary>
    public const string LastHiddenState = "last_hidden_state";

    /// <summary>The output of a layer of the encoder, counted from 0, float [T, width].</summary>
    public static string HiddenState(int layer) => $"hidden_state_{layer}";

    /// <summary>
    /// The mean state in the teacher's layer that the student's layer, counted from 0, is compared with, float
    /// [B, width of the teacher].
    /// </summary>
    public static string TeacherState(int layer) => $"teacher_state_{layer}";
}
