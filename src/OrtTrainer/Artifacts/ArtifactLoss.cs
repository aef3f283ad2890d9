using OrtTrainer.Graph;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Artifacts;

/// <summary>
/// The terms of a loss in a graph that trains on a device: what they read of a batch is made of labels and, where there
/// is a teacher, of its outputs; their coefficients are constants; and the mean over rows is part of the graph.
/// </summary>
/// <param name="builder">The builder of the graph.</param>
/// <param name="rows">The labels.</param>
/// <param name="logits">What the model gives, of any shape.</param>
internal sealed class ArtifactLoss(GraphBuilder builder, ArtifactRows rows, Value logits)
    : LossGraph(builder, rows.Distribution, rows.Of(logits))
{
    public override Value Labels => rows.Values;

    public override Value LabelIds => rows.Ids;

    public override Value Weights => rows.Weights;

    /// <summary>1 over the weights' sum, and over the outputs of values; where all rows are ignored, the loss is
    /// 0.</summary>
    public override Value Scale => field ??= Builder.Div(
        Builder.Constant(1f / rows.Divisor),
        Builder.Node("Max", [Builder.ReduceSum(Weights, [0], keepAxes: false), Builder.Constant(1f)]));

    /// <summary>A teacher's outputs in rows, [R, K].</summary>
    public Value Teacher => field ??= rows.Of(Builder.Input(ArtifactInputs.TeacherLogits, logits.Type));

    public override Value Coefficient(LossCoefficient coefficient) => Builder.Constant(coefficient.At(0));
}
