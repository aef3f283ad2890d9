using System.Security.Cryptography;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Graph;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Artifacts;

/// <summary>A teacher whose outputs are fed with every batch (<see cref="ArtifactInputs.TeacherLogits"/>); what losses
/// make of them is part of the graph.</summary>
/// <param name="hasErrors">Whether outputs of a row can be compared as they are.</param>
internal sealed class FedTeacher(bool hasErrors) : TeacherOutputs
{
    public override LossTerm SoftLoss(
        OutputDistribution distribution, TaskTargets targets, double temperature, bool divergence, double weight) =>
        new SoftTerm((float)temperature, divergence, (float)weight);

    public override LossTerm ErrorLoss(
        OutputDistribution distribution, TaskTargets targets, Func<long, float> weightAt, Func<long, float> scaleAt) =>
        hasErrors
            ? new ErrorTerm(weightAt(0), scaleAt(0))
            : throw new RunException("The squared error of logits is a mean over the tokens of a text, which the " +
                "graphs of a device do not hold for answers. Take --distillation-loss kullback-leibler.");

    public override void AppendTo(IncrementalHash hash) =>
        throw new NotSupportedException("Outputs that are fed later have no hash.");

    /// <summary>The cross-entropy with softened outputs, or the divergence from them.</summary>
    private sealed class SoftTerm(float temperature, bool divergence, float weight) : LossTerm
    {
        internal override LossPart Part => LossPart.Teacher;

        internal override Value Build(LossGraph g)
        {
            GraphBuilder b = g.Builder;
            Value inverse = b.Constant(1 / temperature);
            Value z = b.Mul(((ArtifactLoss)g).Teacher, inverse);
            (Value targets, Value offsets) = g.Distribution.IsExclusive ? Exclusive(g, z) : Independent(g, z);
            return b.Mul(
                g.Distribution.SoftLoss(g, targets, divergence ? offsets : null, inverse), b.Constant(weight));
        }

        /// <summary>s = softmax(z) and the sum of s log s.</summary>
        private static (Value Targets, Value Offsets) Exclusive(LossGraph g, Value z)
        {
            Value logarithms = g.Builder.LogSoftmax(z, -1);
            Value targets = g.Builder.Exp(logarithms);
            return (targets, g.Sum(g.Builder.Mul(targets, logarithms)));
        }

        /// <summary>s = sigmoid(z) and the sum of s log s + (1 - s) log(1 - s), in terms of z.</summary>
        private static (Value Targets, Value Offsets) Independent(LossGraph g, Value z)
        {
            Value targets = g.Builder.Node("Sigmoid", [z]);
            return (targets, g.Sum(g.Builder.Sub(g.Builder.Mul(targets, z), g.Builder.Node("Softplus", [z]))));
        }
    }

    /// <summary>The squared error to the outputs times a scale.</summary>
    private sealed class ErrorTerm(float weight, float scale) : LossTerm
    {
        internal override LossPart Part => LossPart.Teacher;

        internal override Value Build(LossGraph g)
        {
            GraphBuilder b = g.Builder;
            Value error = b.Sub(g.Logits, b.Mul(((ArtifactLoss)g).Teacher, b.Constant(scale)));
            return b.Mul(g.Distribution.SquaredError(g, error), b.Constant(weight));
        }
    }
}
