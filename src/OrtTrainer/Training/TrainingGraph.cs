using OrtTrainer.Graph;
using OrtTrainer.Graph.Differentiation;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Training;

/// <summary>The graph of a training step: packed model, loss and gradients.</summary>
public static class TrainingGraph
{
    /// <summary>
    /// Forward and backward pass: a batch, coefficients of the loss and parameters in; <see cref="PackedInputs.Loss"/>
    /// and its parts, <see cref="PackedInputs.Logits"/> and a gradient per parameter view out.
    /// </summary>
    /// <param name="architecture">The encoder.</param>
    /// <param name="distribution">What a row of the outputs stands for, and so what the loss is.</param>
    /// <param name="head">What stands on it.</param>
    /// <param name="dropout">Whether dropout acts, by the probabilities of the configuration.</param>
    /// <param name="agreement">Whether every example stands twice in a batch and should agree with itself.</param>
    /// <param name="maps">The maps through which layers are compared with a teacher's; null where they are not. They
    /// lie behind the parameters of <see cref="PackedGraph.Evaluation"/>.</param>
    public static PackedGraph Build(
        Architecture architecture, OutputDistribution distribution, ModelHead head, bool dropout = true,
        bool agreement = false, LayerMaps? maps = null)
    {
        GraphBuilder g = new("training");
        PackedModelBuilder m = new(g, dropout);
        Value logits = head.Build(m, architecture, architecture.Encode(m));
        Value? distances = maps is null ? null : LayerDistanceGraph.Build(m, maps);
        ObjectiveGraph objective = ObjectiveGraph.Build(g, distribution, logits, agreement, distances);
        IReadOnlyList<Value> gradients = Autodiff.Gradients(g, objective.Total, m.Parameters);
        g.Output(objective.Total, PackedInputs.Loss);
        g.Output(objective.Labels, PackedInputs.LabelLoss);
        g.Output(objective.Teacher, PackedInputs.TeacherLoss);
        g.Output(objective.Penalty, PackedInputs.PenaltyLoss);
        if (objective.Intermediate is { } intermediate)
        {
            g.Output(intermediate, PackedInputs.IntermediateLoss);
        }

        g.Output(logits, PackedInputs.Logits);
        for (int i = 0; i < gradients.Count; i++)
        {
            g.Output(gradients[i], m.Views[i].GradientName);
        }

        return PackedGraph.From(g, m) with { Rows = head.Rows };
    }
}
