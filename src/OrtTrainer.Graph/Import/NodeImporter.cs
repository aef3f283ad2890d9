using OrtTrainer.Graph.Functions;
using OrtTrainer.Graph.Onnx;
using OrtTrainer.Graph.Operators;

namespace OrtTrainer.Graph.Import;

/// <summary>Adds the nodes of a file to a builder, expanding calls and branches.</summary>
internal sealed class NodeImporter
{
    /// <summary>Functions may call functions, but not themselves.</summary>
    private const int DeepestCall = 32;

    private readonly GraphBuilder _builder;
    private readonly Dictionary<(string Domain, string Name), FunctionProto> _functions = [];
    private int _depth;

    public NodeImporter(GraphBuilder builder, IEnumerable<FunctionProto> functions)
    {
        _builder = builder;
        foreach (FunctionProto function in functions.Where(f => f.Domain != FunctionDefinition.Domain))
        {
            _functions[(function.Domain, function.Name)] = function;
        }
    }

    /// <summary>Adds nodes in their order.</summary>
    /// <exception cref="GraphException">A node is not understood; the message names it, its operator and
    /// opset.</exception>
    public void Add(IEnumerable<NodeProto> nodes, ImportScope scope, IReadOnlyDictionary<string, long> versions)
    {
        foreach (NodeProto node in nodes)
        {
            try
            {
                Add(node, scope, versions);
            }
            catch (GraphException error) when (error.Data["node"] is null)
            {
                string domain = node.Domain is "ai.onnx" ? "" : node.Domain;
                string version = versions.TryGetValue(domain, out long v) ? $"opset {v}" : "no opset";
                string type = domain.Length > 0 ? $"{domain}.{node.OpType}" : node.OpType;
                throw new GraphException($"Node '{node.Name}' ({type}, {version}, " +
                    $"output '{node.Output.FirstOrDefault()}'): {error.Message}", error)
                { Data = { ["node"] = node.Name } };
            }
        }
    }

    /// <summary>The value under <paramref name="name"/>; a value that has another name is copied.</summary>
    public Value Named(Value value, string name) => value.Name == name
        ? value
        : _builder.AddNamed(OperatorSet.Get("", "Identity"), [value], AttributeList.Empty, "", [name])[0];

    private void Add(NodeProto node, ImportScope scope, IReadOnlyDictionary<string, long> versions)
    {
        string domain = node.Domain is "ai.onnx" ? "" : node.Domain;
        if (_functions.TryGetValue((domain, node.OpType), out FunctionProto? function))
        {
            Call(function, node, scope);
        }
        else if (domain.Length == 0 && node.OpType == "If")
        {
            Branch(node, scope, versions);
        }
        else if (domain.Length == 0 && node.OpType == "Constant")
        {
            string name = node.Output[0];
            scope.Define(name, _builder.Initializer(ConstantNode.ToTensor(node, scope.Prefix + name)));
        }
        else
        {
            Operator op = OperatorSet.Get(domain, node.OpType);
            Value?[] inputs = [.. node.Input.Select(name => name.Length == 0 ? null : scope.Get(name))];
            OperatorForm form = OperatorForm.Current(_builder, node, inputs, versions.GetValueOrDefault(domain, 1));
            string[] names = [.. node.Output.Select(name => name.Length == 0 ? "" : scope.Prefix + name)];
            IReadOnlyList<Value> outputs =
                _builder.AddNamed(op, form.Inputs, form.Attributes, scope.Prefix + node.Name, names);
            Define(scope, node, outputs);
        }
    }

    /// <summary>Puts the branch that is taken in place of the node.</summary>
    private void Branch(NodeProto node, ImportScope scope, IReadOnlyDictionary<string, long> versions)
    {
        long taken = scope.Get(node.Input[0]).ConstantIntegers?[0] ?? throw new GraphException(
            "which branch is taken depends on the run; only conditions that follow from shapes are supported");
        GraphProto branch = node.Attribute.Single(a => a.Name == (taken != 0 ? "then_branch" : "else_branch")).G;
        ImportScope inner = new(scope.Prefix, scope);
        foreach (TensorProto tensor in branch.Initializer)
        {
            inner.Define(tensor.Name, _builder.Initializer(tensor));
        }

        Add(branch.Node, inner, versions);
        Define(scope, node, [.. branch.Output.Select(output => inner.Get(output.Name))]);
    }

    private void Call(FunctionProto function, NodeProto node, ImportScope scope)
    {
        if (++_depth > DeepestCall)
        {
            throw new GraphException(
                $"the function {function.Name} calls itself, or calls nest deeper than {DeepestCall}");
        }

        string name = node.Name.Length > 0 ? node.Name : node.Output[0];
        ImportScope inner = new($"{scope.Prefix}{name}/");
        for (int i = 0; i < Math.Min(node.Input.Count, function.Input.Count); i++)
        {
            if (node.Input[i].Length > 0)
            {
                inner.Define(function.Input[i], scope.Get(node.Input[i]));
            }
        }

        Add(function.Node.Select(n => FunctionCall.Bind(n, function, node)), inner,
            GraphImporter.Versions(function.OpsetImport));
        Define(scope, node, [.. function.Output.Select(inner.Get)]);
        _depth--;
    }

    private static void Define(ImportScope scope, NodeProto node, IReadOnlyList<Value> outputs)
    {
        for (int i = 0; i < node.Output.Count; i++)
        {
            if (node.Output[i].Length > 0)
            {
                scope.Define(node.Output[i], outputs[i]);
            }
        }
    }
}
