using OrtTrainer.Graph;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Models.Backbones;
using OrtTrainer.Models.Building;
using OrtTrainer.Runtime;

namespace OrtTrainer.Models;

/// <summary>A model as other software runs it: one self-contained ONNX file in standard operators.</summary>
internal static class PaddedGraph
{
    /// <summary>
    /// Opset 17; inputs <see cref="PaddedInputs"/> with open batch size and, of texts, sequence length; outputs as the
    /// head names them; weights stored in the model. Where the head writes on, the keys and
    /// values of earlier tokens are inputs.
    /// </summary>
    /// <param name="architecture">The encoder.</param>
    /// <param name="head">What stands on it.</param>
    /// <param name="layout">Where each parameter lies in the buffer.</param>
    /// <param name="parameters">The weights.</param>
    /// <param name="isFused">Whether attention is an operator of ONNX Runtime's own, which no other software
    /// has; see <see cref="NotFused"/>.</param>
    public static ModelProto Build(
        Architecture architecture, ModelHead head, ParameterLayout layout, WeightBuffer parameters,
        bool isFused = false)
    {
        GraphBuilder g = new("classifier");
        PaddedModelBuilder m = new(
            g, architecture.Shape, parameter => layout.Read(parameters, parameter),
            hasCache: head.WritesOn && architecture.HasCache, isFused);
        Output(g, m, architecture, head);
        return g.ToModel();
    }

    /// <summary>As <see cref="Build"/>, with parameters as inputs by their names, which no file holds.</summary>
    /// <param name="architecture">The encoder.</param>
    /// <param name="head">What stands on it; not a decoder beside an encoder.</param>
    public static ModelProto BuildWithoutWeights(Architecture architecture, ModelHead head)
    {
        GraphBuilder g = new("inference");
        PaddedModelBuilder m = new(g, architecture.Shape, weights: null,
            hasCache: head.WritesOn && architecture.HasCache);
        Output(g, m, architecture, head);
        return g.ToModel();
    }

    /// <summary>
    /// Why the attention of a model cannot be an operator of ONNX Runtime's own, as the name of what it is; null where
    /// it can.
    /// </summary>
    /// <param name="architecture">The encoder.</param>
    /// <param name="head">What stands on it.</param>
    public static string? NotFused(Architecture architecture, ModelHead head) =>
        head.HasDecoder ? "an encoder with its decoder"
        : head.WritesOn ? "a model that writes on, which takes keys and values of earlier tokens"
        : architecture.Shape.SharesKeys ? "a model with fewer heads of keys than of queries"
        : !architecture.HasAttention ? "a model without attention"
        : null;

    /// <summary>
    /// The encoder beside a decoder: ids and their mask in, <see cref="PaddedInputs.LastHiddenState"/> out; the rest as
    /// of <see cref="Build"/>.
    /// </summary>
    public static ModelProto BuildEncoder(
        EncoderDecoder architecture, ParameterLayout layout, WeightBuffer parameters)
    {
        GraphBuilder g = new("encoder");
        PaddedModelBuilder m = new(g, architecture.Shape, parameter => layout.Read(parameters, parameter));
        g.Output(architecture.EncodeSource(m), PaddedInputs.LastHiddenState);
        return g.ToModel();
    }

    /// <summary>
    /// The decoder beside it, with its cache as <see cref="PaddedModelBuilder.OfDecoder"/> has it:
    /// <see cref="PaddedInputs.Logits"/> of the newest tokens out, keys and values of all tokens, and those of the
    /// encoder's tokens where they were not given.
    /// </summary>
    /// <inheritdoc cref="Build" path="/param"/>
    public static ModelProto BuildDecoder(
        EncoderDecoder architecture, ModelHead head, ParameterLayout layout, WeightBuffer parameters)
    {
        GraphBuilder g = new("decoder");
        PaddedModelBuilder m = PaddedModelBuilder.OfDecoder(
            g, architecture.DecoderShape, architecture.Shape.DecoderLayers,
            parameter => layout.Read(parameters, parameter));
        g.Output(head.Build(m, architecture, architecture.Decode(m, m.Encoded!)), PaddedInputs.Logits);
        OutputCache(g, m);
        return g.ToModel();
    }

    private static void Output(GraphBuilder g, PaddedModelBuilder m, Architecture architecture, ModelHead head)
    {
        Value hidden = architecture.Encode(m);
        Value logits = head.Build(m, architecture, hidden);
        foreach ((string name, Value value) in head.Exported(g, hidden, logits))
        {
            g.Output(value, name);
        }

        OutputCache(g, m);
    }

    private static void OutputCache(GraphBuilder g, PaddedModelBuilder m)
    {
        foreach ((string name, Value value) in m.Cache)
        {
            g.Output(value, name);
        }
    }
}
