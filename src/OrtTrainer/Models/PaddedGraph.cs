using OrtTrainer.Checkpoints;
using OrtTrainer.Graph;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Runtime;

namespace OrtTrainer.Models;

/// <summary>A classifier as other software runs it: one self-contained ONNX model in standard operators.</summary>
public static class PaddedGraph
{
    /// <summary>
    /// Opset 17; inputs <see cref="PaddedInputs"/> with open batch size and sequence length; output
    /// <see cref="PaddedInputs.Logits"/>; weights stored in the model.
    /// </summary>
    /// <param name="architecture">The encoder.</param>
    /// <param name="config">Its configuration.</param>
    /// <param name="outputs">The width of the head, K.</param>
    /// <param name="layout">Where each parameter lies in the buffer.</param>
    /// <param name="parameters">The weights.</param>
    public static ModelProto Classifier(
        Architecture architecture, ModelConfig config, long outputs, ParameterLayout layout, WeightBuffer parameters)
    {
        GraphBuilder g = new("classifier");
        PaddedModelBuilder m = new(g, architecture.HasTokenTypes(config),
            parameter => layout.Read(parameters, parameter));
        g.Output(architecture.Classify(m, config, outputs, architecture.Encode(m, config)), PaddedInputs.Logits);
        return g.ToModel();
    }
}
