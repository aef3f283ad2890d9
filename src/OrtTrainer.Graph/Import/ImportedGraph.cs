using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Graph.Import;

/// <summary>A model's graph under construction again.</summary>
/// <param name="Builder">Holds the model's inputs and outputs under their names; more can be added.</param>
/// <param name="Parameters">The stored tensors that became inputs, in the order of the file.</param>
public sealed record ImportedGraph(GraphBuilder Builder, IReadOnlyList<ImportedParameter> Parameters);

/// <summary>A stored tensor that became an input.</summary>
/// <param name="Value">The input, under the tensor's name.</param>
/// <param name="Tensor">The tensor.</param>
public sealed record ImportedParameter(Value Value, TensorProto Tensor);
