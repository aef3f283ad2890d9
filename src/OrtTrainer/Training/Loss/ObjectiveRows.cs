using OrtTrainer.Graph;
using OrtTrainer.Models;

namespace OrtTrainer.Training.Loss;

/// <summary>
/// The logits of a head with the targets and coefficients of their loss, as inputs of a graph that appear where they
/// are asked for.
/// </summary>
/// <param name="g">The builder.</param>
/// <param name="logits">z, [R, K].</param>
internal sealed class ObjectiveRows(GraphBuilder g, Value logits)
{
    public GraphBuilder Graph => g;

    /// <summary>z, [R, K].</summary>
    public Value Logits => logits;

    /// <summary>Targets, [R, K].</summary>
    public Value Labels { get; } = g.Input(PackedInputs.Targets, logits.Type);

    /// <summary>A teacher's probabilities or outputs, [R, K].</summary>
    public Value Teacher { get; } = g.Input(PackedInputs.TeacherTargets, logits.Type);

    public Value LabelWeight { get; } = g.Input(PackedInputs.LabelWeight, TensorType.Float());

    public Value LogitWeight { get; } = g.Input(PackedInputs.LogitWeight, TensorType.Float());

    /// <summary>A number of the loss.</summary>
    public Value Coefficient(string name) => g.Input(name, TensorType.Float());

    /// <summary>z / T.</summary>
    public Value Tempered() => g.Mul(logits, Coefficient(PackedInputs.InverseTemperature));

    /// <summary>Added to the cross-entropy with the teacher, [R].</summary>
    public Value TeacherOffsets() => g.Input(PackedInputs.TeacherOffsets, RowType(logits, ElementType.Float));

    /// <summary>The row of the same example's other pass, [R].</summary>
    public Value Partners() => g.Input(PackedInputs.Partners, RowType(logits, ElementType.Int64));

    /// <summary>What the logits exceed the teacher's by.</summary>
    public Value LogitError() => g.Sub(logits, g.Mul(Teacher, Coefficient(PackedInputs.TeacherScale)));

    public Value Square(Value x) => g.Mul(x, x);

    /// <summary>Over the outputs, [R].</summary>
    public Value Sum(Value x) => g.ReduceSum(x, [1], keepAxes: false);

    /// <summary>Over the outputs, [R].</summary>
    public Value Mean(Value x) => g.ReduceMean(x, [1], keepAxes: false);

    /// <summary>The type of one value per row of the logits.</summary>
    public static TensorType RowType(Value logits, ElementType element) => new(element, new Shape(logits.Type.Shape[0]));
}
