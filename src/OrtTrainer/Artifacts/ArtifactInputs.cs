using OrtTrainer.Models;

namespace OrtTrainer.Artifacts;

/// <summary>
/// Names of inputs and outputs of the graphs that ONNX Runtime trains on a device; inputs of the model itself are
/// called as those of exports (<see cref="PaddedInputs"/>). B rows of S tokens, K outputs.
/// </summary>
internal static class ArtifactInputs
{
    /// <summary>
    /// What rows are trained towards: class ids, int64 [B], or [B, S] for tokens, of which negative ones such as -100
    /// are ignored; a 0 or 1 per label, float [B, K]; or values, float [B].
    /// </summary>
    public const string Labels = "labels";

    /// <summary>The first token of every answer, int64 [B]; what is no token of the row is ignored.</summary>
    public const string StartPositions = "start_positions";

    /// <summary>The last token of every answer, int64 [B]; what is no token of the row is ignored.</summary>
    public const string EndPositions = "end_positions";

    /// <summary>A teacher's outputs, float, in the shape of the model's own.</summary>
    public const string TeacherLogits = "teacher_logits";

    /// <summary>What the loss is multiplied with before gradients are made, float scalar; an input of training graphs
    /// whose steps are made of several batches.</summary>
    public const string LossScale = "loss_scale";

    /// <summary>The loss, float scalar.</summary>
    public const string Loss = "loss";

    /// <summary>Whether gradients overwrite those of earlier batches, bool [1]; the runtime gives it.</summary>
    public const string LazyResetGradients = "lazy_reset_grad";

    /// <summary>The buffer in which the runtime adds up a parameter's gradients.</summary>
    public static string BufferOf(string parameter) => parameter + "_grad.accumulation.buffer";

    /// <summary>Whether that was done, an output that the runtime hides.</summary>
    public static string AccumulatedOf(string parameter) => parameter + "_grad.accumulation.out";
}
