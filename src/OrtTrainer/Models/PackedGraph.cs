using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Differentiation;
using OrtTrainer.Objectives;

namespace OrtTrainer.Models;

/// <summary>A packed graph as an ONNX model, and the parameters it takes as inputs.</summary>
/// <param name="Model">The bytes of the ONNX file.</param>
/// <param name="Layout">The parameters, in the order of the graph's inputs.</param>
/// <param name="Inputs">Names of the inputs that change with every batch; see <see cref="PackedInputs"/>.</param>
public sealed record PackedGraph(byte[] Model, ParameterLayout Layout, IReadOnlySet<string> Inputs)
{
    /// <summary>
    /// Forward and backward pass: a batch, coefficients of the loss and parameters in; <see cref="PackedInputs.Loss"/>
    /// and its parts, <see cref="PackedInputs.Logits"/> and a gradient per parameter view out.
    /// </summary>
    /// <param name="architecture">The encoder.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="distribution">What a row of the outputs stands for, and so what the loss is.</param>
    /// <param name="outputs">The width of the head: classes, labels or values.</param>
    /// <param name="dropout">Whether dropout acts, by the probabilities of the configuration.</param>
    /// <param name="agreement">Whether every example stands twice in a batch and should agree with itself.</param>
    /// <param name="maps">The maps through which layers are compared with a teacher's; null where they are not. They
    /// lie behind the parameters of <see cref="Evaluation"/>.</param>
    public static PackedGraph Training(
        Architecture architecture, ModelConfig config, OutputDistribution distribution, long outputs, bool dropout = true,
        bool agreement = false, LayerMaps? maps = null)
    {
        GraphBuilder g = new("training");
        PackedModelBuilder m = new(g, dropout);
        Value logits = architecture.Classify(m, config, outputs, architecture.Encode(m, config));
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

        return From(g, m);
    }

    /// <summary>
    /// Forward pass without dropout: a batch and parameters in, <see cref="PackedInputs.Logits"/> out.
    /// </summary>
    public static PackedGraph Evaluation(Architecture architecture, ModelConfig config, long outputs)
    {
        GraphBuilder g = new("evaluation");
        PackedModelBuilder m = new(g, training: false);
        g.Output(architecture.Classify(m, config, outputs, architecture.Encode(m, config)), PackedInputs.Logits);
        return From(g, m);
    }

    /// <summary>The encoder alone: <see cref="PackedInputs.LastHiddenState"/> out.</summary>
    public static PackedGraph Encoder(Architecture architecture, ModelConfig config)
    {
        GraphBuilder g = new("encoder");
        PackedModelBuilder m = new(g, training: false);
        g.Output(architecture.Encode(m, config), PackedInputs.LastHiddenState);
        return From(g, m);
    }

    /// <summary>
    /// The encoder alone, with <see cref="PackedInputs.HiddenState"/> of every layer out, the embeddings left out.
    /// </summary>
    public static PackedGraph EncoderLayers(Architecture architecture, ModelConfig config)
    {
        GraphBuilder g = new("encoder_layers");
        PackedModelBuilder m = new(g, training: false);
        _ = architecture.Encode(m, config);
        for (int layer = 0; layer < m.LayerOutputs.Count; layer++)
        {
            g.Output(m.LayerOutputs[layer], PackedInputs.HiddenState(layer));
        }

        return From(g, m);
    }

    private static PackedGraph From(GraphBuilder g, PackedModelBuilder m)
    {
        HashSet<Value> parameters = [.. m.Parameters];
        return new(g.ToBytes(), new ParameterLayout(m.Views),
            g.Inputs.Where(i => !parameters.Contains(i)).Select(i => i.Name).ToHashSet(StringComparer.Ordinal));
    }
}
