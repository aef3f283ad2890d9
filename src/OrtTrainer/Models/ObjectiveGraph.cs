using OrtTrainer.Data;
using OrtTrainer.Graph;

namespace OrtTrainer.Models;

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
    // Far below any share of the probability that float32 tells from 0, and its reciprocal is finite.
    private const float LeastMiss = 1e-30f;

    /// <param name="g">The builder.</param>
    /// <param name="task">What the outputs mean.</param>
    /// <param name="logits">z, [B, K].</param>
    /// <param name="agreement">Whether rows have partners that they should agree with (R-Drop).</param>
    /// <param name="distances">How far the layers are from the teacher's, [B]; null where that does not count.</param>
    public static ObjectiveGraph Build(
        GraphBuilder g, TaskKind task, Value logits, bool agreement, Value? distances = null)
    {
        Parts parts = new(g, logits);
        Value scale = g.Input(PackedInputs.LossScale, TensorType.Float());
        Value weights = g.Input(PackedInputs.ExampleWeights, TensorType.Float("batch"));
        (Value labels, Value teacher, Value? penalty) = task switch
        {
            TaskKind.Classification => parts.Classification(agreement),
            TaskKind.MultiLabel => parts.MultiLabel(),
            TaskKind.Regression => parts.Regression(),
            _ => throw new ArgumentOutOfRangeException(nameof(task), task, "Unknown task."),
        };
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

        Value Scaled(Value rows) => g.Mul(g.ReduceSum(g.Mul(rows, weights), [0], keepAxes: false), scale);
    }

    /// <summary>The parts as one number per example, [B].</summary>
    private sealed class Parts(GraphBuilder g, Value logits)
    {
        private readonly Value _labels = g.Input(PackedInputs.Targets, logits.Type);
        private readonly Value _teacher = g.Input(PackedInputs.TeacherTargets, logits.Type);
        private readonly Value _labelWeight = g.Input(PackedInputs.LabelWeight, TensorType.Float());
        private readonly Value _logitWeight = g.Input(PackedInputs.LogitWeight, TensorType.Float());

        public (Value Labels, Value Teacher, Value? Penalty) Classification(bool agreement)
        {
            Value logProbabilities = g.LogSoftmax(logits, -1);
            Value probabilities = g.Exp(logProbabilities);
            Value labels = g.Neg(Sum(g.Mul(_labels, logProbabilities)));
            labels = Weighted(_labelWeight, g.Mul(labels, FocalFade(probabilities)));

            Value tempered = g.LogSoftmax(Tempered(), -1);
            Value divergence = g.Sub(TeacherOffsets(), Sum(g.Mul(_teacher, tempered)));
            Value teacher = g.Add(
                Weighted(Input(PackedInputs.TeacherWeight), divergence),
                Weighted(_logitWeight, Mean(Square(LogitError()))));

            Value negativeEntropy = Sum(g.Mul(probabilities, logProbabilities));
            Value penalty = Weighted(Input(PackedInputs.PenaltyWeight), negativeEntropy);
            return (labels, teacher,
                agreement ? g.Add(penalty, Disagreement(probabilities, logProbabilities)) : penalty);
        }

        public (Value Labels, Value Teacher, Value? Penalty) MultiLabel()
        {
            Value labels = Sum(g.Sub(g.Node("Softplus", [logits]), g.Mul(logits, _labels)));
            Value tempered = Tempered();
            Value divergence = g.Add(
                TeacherOffsets(), Sum(g.Sub(g.Node("Softplus", [tempered]), g.Mul(tempered, _teacher))));
            Value teacher = g.Add(
                Weighted(Input(PackedInputs.TeacherWeight), divergence),
                Weighted(_logitWeight, Sum(Square(LogitError()))));
            return (Weighted(_labelWeight, labels), teacher, null);
        }

        public (Value Labels, Value Teacher, Value? Penalty) Regression()
        {
            Value labels = Sum(Square(g.Sub(logits, _labels)));
            return (Weighted(_labelWeight, labels), Weighted(_logitWeight, Sum(Square(LogitError()))), null);
        }

        /// <summary>
        /// (1 - p_y)^gamma, [B]: 1 for gamma 0. Where p_y is large, 1 - p_y has no digits left and is summed over the
        /// other classes; where it is small, the gradient of that sum would have none.
        /// </summary>
        private Value FocalFade(Value probabilities)
        {
            Value others = Sum(g.Mul(g.Sub(g.Constant(1f), _labels), probabilities));
            Value complement = g.Sub(g.Constant(1f), Sum(g.Mul(_labels, probabilities)));
            Value miss = g.Where(g.Node("Less", [others, g.Constant(0.5f)]), others, complement);
            return g.Node("Pow",
                [g.Node("Max", [miss, g.Constant(LeastMiss)]), Input(PackedInputs.FocalGamma)]);
        }

        /// <summary>(KL(p, p') + KL(p', p)) / 2 with the partner's p', [B].</summary>
        private Value Disagreement(Value probabilities, Value logProbabilities)
        {
            Value partners = g.Input(PackedInputs.Partners, TensorType.Int64("batch"));
            Value symmetric = Sum(g.Mul(
                g.Sub(probabilities, g.Gather(probabilities, partners)),
                g.Sub(logProbabilities, g.Gather(logProbabilities, partners))));
            return Weighted(Input(PackedInputs.AgreementWeight), g.Mul(symmetric, g.Constant(0.5f)));
        }

        private Value Tempered() => g.Mul(logits, Input(PackedInputs.InverseTemperature));

        private Value TeacherOffsets() => g.Input(PackedInputs.TeacherOffsets, TensorType.Float("batch"));

        private Value LogitError() => g.Sub(logits, g.Mul(_teacher, Input(PackedInputs.TeacherScale)));

        private Value Input(string name) => g.Input(name, TensorType.Float());

        private Value Weighted(Value weight, Value rows) => g.Mul(rows, weight);

        private Value Square(Value x) => g.Mul(x, x);

        private Value Sum(Value x) => g.ReduceSum(x, [1], keepAxes: false);

        private Value Mean(Value x) => g.ReduceMean(x, [1], keepAxes: false);
    }
}
