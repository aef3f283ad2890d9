using OrtTrainer.Common;
using OrtTrainer.Graph.Onnx;
using static OrtTrainer.Graph.Onnx.AttributeProto.Types;

namespace OrtTrainer.Artifacts;

/// <summary>
/// The optimizer of a device, as a graph that knows nothing of the model: lists of parameters, gradients and moments
/// in, all of which it changes in place. The learning rate is the device's.
/// </summary>
internal sealed record ArtifactOptimizer
{
    private const string Domain = "com.microsoft";
    private const string LearningRate = "learning_rate";
    private const string Step = "step";
    private const string Parameters = "params";
    private const string Gradients = "gradients";
    private const string FirstMoments = "first_order_moments";
    private const string SecondMoments = "second_order_moments";
    private const string Clipped = "clipped_gradients";
    private const string Updated = "updated_flag";

    // What the training builds of ONNX Runtime read.
    private const long IrVersion = 8;
    private const long Opset = 18;

    /// <summary>Whether it is plain gradient descent, without momentum; otherwise it is AdamW.</summary>
    public bool IsSgd { get; init; }

    /// <summary>Decay of the first moment of AdamW, in [0, 1).</summary>
    public double Beta1 { get; init => field = OptionRange.Below(value, 0, 1); } = 0.9;

    /// <summary>Decay of the second moment of AdamW, in [0, 1).</summary>
    public double Beta2 { get; init => field = OptionRange.Below(value, 0, 1); } = 0.999;

    /// <summary>Added to the root of the second moment of AdamW; above 0.</summary>
    public double Epsilon { get; init => field = OptionRange.Above(value, 0); } = 1e-8;

    /// <summary>Weight decay of AdamW, 0 or more: of all parameters, biases and norms too.</summary>
    public double WeightDecay { get; init => field = OptionRange.AtLeast(value, 0.0); }

    /// <summary>
    /// Whether AdamW adds epsilon before the second moment is corrected and decays weights after the step, as Hugging
    /// Face's did and ONNX Runtime's own generator does; otherwise it is PyTorch's.
    /// </summary>
    public bool CorrectsLate { get; init; }

    /// <summary>The largest norm of all gradients together, above 0; null for any.</summary>
    public double? ClipNorm { get; init => field = value is { } norm ? OptionRange.Above(norm, 0) : null; }

    /// <summary>The graph.</summary>
    public ModelProto ToModel()
    {
        GraphProto graph = new() { Name = "optimizer" };
        graph.Input.Add(Tensor(LearningRate, TensorProto.Types.DataType.Float, 1));
        graph.Input.Add(Tensor(Step, TensorProto.Types.DataType.Int64, 1));
        graph.Input.Add(Sequence(Parameters));
        graph.Input.Add(Sequence(Gradients));
        graph.Input.Add(Sequence(FirstMoments));
        if (!IsSgd)
        {
            graph.Input.Add(Sequence(SecondMoments));
        }

        // The runtime infers another shape than it gives: declaring either would contradict it.
        graph.Output.Add(Tensor(Updated, TensorProto.Types.DataType.Bool));
        string gradients = Gradients;
        if (ClipNorm is { } norm)
        {
            gradients = Clipped;
            graph.Node.Add(Node("InplaceClipGradNorm", [Gradients], Clipped,
                Number("max_norm", norm), Text("norm_type", "fro")));
        }

        graph.Node.Add(IsSgd
            ? Node("SGDOptimizerV2", [LearningRate, Parameters, gradients], Updated)
            : Node("AdamWOptimizer",
                [LearningRate, Step, Parameters, gradients, FirstMoments, SecondMoments], Updated,
                Number("alpha", Beta1), Number("beta", Beta2), Number("epsilon", Epsilon),
                Number("weight_decay", WeightDecay), Flag("correct_bias", true), Flag("adam_mode", CorrectsLate)));
        ModelProto model = new() { IrVersion = IrVersion, ProducerName = "OrtTrainer", Graph = graph };
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = Opset });
        model.OpsetImport.Add(new OperatorSetIdProto { Domain = Domain, Version = 1 });
        return model;
    }

    private static NodeProto Node(
        string type, string[] inputs, string output, params AttributeProto[] attributes)
    {
        NodeProto node = new() { Name = type, OpType = type, Domain = Domain };
        node.Input.AddRange(inputs);
        node.Output.Add(output);
        node.Attribute.AddRange(attributes);
        return node;
    }

    private static AttributeProto Number(string name, double value) =>
        new() { Name = name, Type = AttributeType.Float, F = (float)value };

    private static AttributeProto Flag(string name, bool value) =>
        new() { Name = name, Type = AttributeType.Int, I = value ? 1 : 0 };

    private static AttributeProto Text(string name, string value) =>
        new() { Name = name, Type = AttributeType.String, S = Google.Protobuf.ByteString.CopyFromUtf8(value) };

    private static ValueInfoProto Tensor(string name, TensorProto.Types.DataType type, params long[] shape)
    {
        TypeProto.Types.Tensor tensor = new() { ElemType = (int)type };
        if (shape.Length > 0)
        {
            tensor.Shape = new TensorShapeProto();
            tensor.Shape.Dim.AddRange(shape.Select(size => new TensorShapeProto.Types.Dimension { DimValue = size }));
        }

        return new ValueInfoProto { Name = name, Type = new TypeProto { TensorType = tensor } };
    }

    private static ValueInfoProto Sequence(string name) => new()
    {
        Name = name,
        Type = new TypeProto
        {
            SequenceType = new TypeProto.Types.Sequence
            {
                ElemType = new TypeProto
                {
                    TensorType = new TypeProto.Types.Tensor { ElemType = (int)TensorProto.Types.DataType.Float },
                },
            },
        },
    };
}
