using OrtTrainer.Graph;
using OrtTrainer.Models;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// The loss of a training graph. Plain labels, smoothed ones, a real or made-up teacher, focal loss and penalties are
/// one graph with other numbers: all coefficients are inputs, so a change of method or of a hyper-parameter compiles
/// nothing. Each part is its own output, and their sum is what is differentiated.
/// </summary>
/// <param name="Labels">Loss against the labels, a scaled scalar.</param>
/// <param name="Teacher">Loss against the teacher, a scaled scalar.</param>
/// <param name="Penalty">What is neither: confidence penalty and agreement, a scaled scalar.</param>
/// <param name="Intermediate">Distance to the teacher's layers, a scaled scalar; null where it does not count.</param>
/// <param name="Total">Their sum, in this order.</param>
internal sealed record ObjectiveGraph(Value Labels, Value Teacher, Value Penalty, Value? Intermediate, Value Total)
{
    /// <param name="g">The builder.</param>
    /// <param name="distribution">What a row of the logits stands for.</param>
    /// <param name="logits">z, [R, K].</param>
    /// <param name="agreement">Whether rows have partners that they should agree with (R-Drop).</param>
    /// <param name="distances">How far the layers are from the teacher's, [B]; null where that does not count.</param>
    public static ObjectiveGraph Build(
        GraphBuilder g, OutputDistribution distribution, Value logits, bool agreement, Value? distances = null)
    {
        ObjectiveRows rows = new(g, logits);
        Value scale = g.Input(PackedInputs.LossScale, TensorType.Float());
        Value weights = g.Input(PackedInputs.ExampleWeights, ObjectiveRows.RowType(logits, ElementType.Float));
        (Value labels, Value teacher, Value? penalty) = distribution.Loss(rows, agreement);
        labels = Scaled(labels);
        teacher = Scaled(teacher);
        penalty = penalty is null ? g.Mul(scale, g.Constant(0f)) : Scaled(penalty);
        Value total = g.Add(g.Add(labels, teacher), penalty);
        if (distances is null)
        {
            return new(labels, teacher, penalty, null, total);
        }

        Value share = g.Input(PackedInputs.IntermediateWeight, TensorType.Float());
        Value intermediate = Scaled(g.Mul(distances, share));
        return new(labels, teacher, penalty, intermediate, g.Add(total, intermediate));

        Value Scaled(Value parts) => g.Mul(g.ReduceSum(g.Mul(parts, weights), [0], keepAxes: false), scale);
    }
}
