using OrtTrainer.Graph.Functions;
using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Graph.Import;

/// <summary>
/// Rebuilds the graph of an ONNX model node by node, so that its types are inferred and checked and it can be extended,
/// differentiated and written again. Constants become stored tensors, functions of other domains than our own and
/// branches whose condition is known are put in place of their call.
/// </summary>
public static class GraphImporter
{
    /// <summary>
    /// The oldest operator set whose forms are understood: axes of Squeeze and ReduceSum are inputs from it on.
    /// </summary>
    private const long OldestOpset = 13;

    private const long NewestOpset = 24;

    /// <summary>The graph of a model whose external data is loaded.</summary>
    /// <param name="model">The model.</param>
    /// <param name="isParameter">Which stored tensors become inputs of the graph; none if null.</param>
    /// <exception cref="GraphException">
    /// An operator, operator set or form of use is unknown (the message names node, operator and opset), or types do
    /// not fit.
    /// </exception>
    public static ImportedGraph Import(ModelProto model, Func<TensorProto, bool>? isParameter = null)
    {
        if (model.OpsetImport.Count == 0)
        {
            throw new GraphException("The model does not say which operator set it uses; it is damaged or cut short.");
        }

        Dictionary<string, long> versions = Versions(model.OpsetImport);
        GraphBuilder builder = new(model.Graph.Name)
        {
            MinimumOpset = (int)versions[""],
        };
        ImportScope scope = new("");
        List<ImportedParameter> parameters = [];
        HashSet<string> stored = [.. model.Graph.Initializer.Select(t => t.Name)];
        foreach (ValueInfoProto input in model.Graph.Input.Where(i => !stored.Contains(i.Name)))
        {
            scope.Define(input.Name, builder.Input(input.Name, TypeOf(input, builder)));
        }

        foreach (TensorProto tensor in model.Graph.Initializer)
        {
            if (isParameter?.Invoke(tensor) == true)
            {
                parameters.Add(new(builder.Input(tensor.Name, tensor.ValueType()), tensor));
                scope.Define(tensor.Name, parameters[^1].Value);
            }
            else
            {
                scope.Define(tensor.Name, builder.Initializer(tensor));
            }
        }

        NodeImporter nodes = new(builder, model.Functions);
        nodes.Add(model.Graph.Node, scope, versions);
        foreach (ValueInfoProto output in model.Graph.Output)
        {
            builder.MarkOutput(nodes.Named(scope.Get(output.Name), output.Name));
        }

        return new(builder, parameters);
    }

    /// <summary>The operator set version of each domain.</summary>
    /// <exception cref="GraphException">A version is not known here.</exception>
    internal static Dictionary<string, long> Versions(IEnumerable<OperatorSetIdProto> imports)
    {
        Dictionary<string, long> versions = new(StringComparer.Ordinal);
        foreach (OperatorSetIdProto import in imports)
        {
            versions[import.Domain is "ai.onnx" ? "" : import.Domain] = import.Version;
        }

        long standard = versions.TryAdd("", OldestOpset) ? OldestOpset : versions[""];
        if (standard is < OldestOpset or > NewestOpset)
        {
            throw new GraphException(
                $"The model uses ONNX operator set {standard}; {OldestOpset} to {NewestOpset} are known here. " +
                "Export it again with one of these.");
        }

        long own = versions.GetValueOrDefault(FunctionDefinition.Domain, FunctionDefinition.DomainVersion);
        return own == FunctionDefinition.DomainVersion
            ? versions
            : throw new GraphException(
                $"The model uses version {own} of the operators of domain {FunctionDefinition.Domain}; version " +
                $"{FunctionDefinition.DomainVersion} is known here.");
    }

    private static TensorType TypeOf(ValueInfoProto input, GraphBuilder builder)
    {
        if (input.Type?.TensorType is not { Shape: not null } type)
        {
            throw new GraphException($"The input '{input.Name}' is no tensor with a known number of axes.");
        }

        return new((ElementType)type.ElemType, new Shape(type.Shape.Dim.Select(d => d switch
        {
            { HasDimParam: true, DimParam.Length: > 0 } => Dimension.Of(d.DimParam),
            { HasDimValue: true, DimValue: >= 0 } => Dimension.Of(d.DimValue),
            _ => builder.NewDimension(),
        })));
    }
}
