using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Graph.Import;

/// <summary>A model taken apart into its graph and its weights.</summary>
/// <param name="Model">The model, whose weights are inputs of the graph behind those it had.</param>
/// <param name="Weights">Their values, each under the name of its input, in the order of those.</param>
public sealed record SeparatedModel(ModelProto Model, IReadOnlyList<TensorProto> Weights);
