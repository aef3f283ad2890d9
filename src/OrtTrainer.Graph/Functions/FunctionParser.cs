using System.Globalization;
using OrtTrainer.Graph.Onnx;
using static OrtTrainer.Graph.Onnx.AttributeProto.Types;

namespace OrtTrainer.Graph.Functions;

/// <summary>
/// Reads function bodies written as nested expressions, one assignment per line:
/// <code>
/// y = Mul(x, Add(Erf(Mul(x, 0.5)), 1.0))
/// top, index = TopK&lt;axis = -1&gt;(x, [1])
/// </code>
/// A number with a point is a float constant, one without an int64 constant, <c>[..]</c> a list of int64, <c>@name</c>
/// the value of an attribute. Names of other functions of the domain call them; all else is ONNX. <c>#</c> starts a
/// comment.
/// </summary>
internal sealed class FunctionParser
{
    private readonly FunctionDefinition _definition;
    private readonly FunctionProto _function;
    private readonly IReadOnlySet<string> _functions;
    private FunctionTokens _tokens = null!;

    private FunctionParser(FunctionDefinition definition, IReadOnlySet<string> functions)
    {
        _definition = definition;
        _functions = functions;
        _function = new FunctionProto { Name = definition.Name, Domain = FunctionDefinition.Domain };
    }

    /// <summary>The ONNX function of a definition; <paramref name="functions"/> are the names in its domain.</summary>
    /// <exception cref="GraphException">The body cannot be read; the message quotes the line.</exception>
    public static FunctionProto Parse(FunctionDefinition definition, IReadOnlySet<string> functions) =>
        new FunctionParser(definition, functions).ParseBody();

    public static FunctionDefinition ParseSignature(string signature, string body)
    {
        FunctionTokens tokens = new(signature);
        string name = tokens.Word();
        List<string> inputs = [];
        Dictionary<string, FunctionAttributeType> attributes = new(StringComparer.Ordinal);
        tokens.Expect("(");
        while (!tokens.At(";") && !tokens.At(")"))
        {
            inputs.Add(tokens.Word());
            tokens.Skip(",");
        }

        if (tokens.Skip(";"))
        {
            while (!tokens.At(")"))
            {
                FunctionAttributeType type = tokens.Word() == "int"
                    ? FunctionAttributeType.Int
                    : FunctionAttributeType.Float;
                attributes[tokens.Word()] = type;
                tokens.Skip(",");
            }
        }

        tokens.Expect(")");
        tokens.Expect("=");
        tokens.Expect(">");
        List<string> outputs = [tokens.Word()];
        while (tokens.Skip(","))
        {
            outputs.Add(tokens.Word());
        }

        tokens.ExpectEnd();
        return new(name, inputs, outputs, attributes, body);
    }

    private FunctionProto ParseBody()
    {
        _function.Input.AddRange(_definition.Inputs);
        _function.Output.AddRange(_definition.Outputs);
        _function.Attribute.AddRange(_definition.Attributes.Keys);
        _function.OpsetImport.Add(new OperatorSetIdProto { Domain = "", Version = FunctionDefinition.BodyOpset });
        _function.OpsetImport.Add(new OperatorSetIdProto
        {
            Domain = FunctionDefinition.Domain,
            Version = FunctionDefinition.DomainVersion,
        });
        foreach (string line in _definition.Body.Split('\n')
            .Select(l => l.Split('#')[0].Trim()).Where(l => l.Length > 0))
        {
            _tokens = new FunctionTokens(line);
            List<string> targets = [_tokens.Word()];
            while (_tokens.Skip(","))
            {
                targets.Add(_tokens.Word());
            }

            _tokens.Expect("=");
            Expression(targets);
            _tokens.ExpectEnd();
        }

        return _function;
    }

    /// <summary>Adds the nodes of an expression and returns the name of its value.</summary>
    private string Expression(IReadOnlyList<string>? targets = null)
    {
        if (_tokens.Skip("@"))
        {
            return Attribute(_tokens.Word(), targets);
        }

        if (_tokens.Skip("["))
        {
            return Constant(ListOfIntegers("value_ints"), targets);
        }

        if (_tokens.AtNumber)
        {
            return Constant(Number("value_"), targets);
        }

        string word = _tokens.Word();
        return _tokens.At("(") || _tokens.At("<") ? Call(word, targets) : word;
    }

    private string Call(string type, IReadOnlyList<string>? targets)
    {
        NodeProto node = new()
        {
            OpType = type,
            Domain = _functions.Contains(type) ? FunctionDefinition.Domain : "",
        };
        if (_tokens.Skip("<"))
        {
            do
            {
                node.Attribute.Add(NamedAttribute(_tokens.Word()));
            }
            while (_tokens.Skip(","));
            _tokens.Expect(">");
        }

        _tokens.Expect("(");
        while (!_tokens.At(")"))
        {
            node.Input.Add(Expression());
            _tokens.Skip(",");
        }

        _tokens.Expect(")");
        return Append(node, targets);
    }

    private AttributeProto NamedAttribute(string name)
    {
        _tokens.Expect("=");
        if (_tokens.Skip("@"))
        {
            return Reference(name, _tokens.Word());
        }

        if (_tokens.Skip("["))
        {
            return ListOfIntegers(name);
        }

        return _tokens.AtNumber
            ? Number(name)
            : new AttributeProto
            {
                Name = name,
                Type = AttributeType.String,
                S = Google.Protobuf.ByteString.CopyFromUtf8(_tokens.Word()),
            };
    }

    /// <summary>
    /// A number; where <paramref name="name"/> ends in an underscore, the type completes it as Constant wants.
    /// </summary>
    private AttributeProto Number(string name)
    {
        string text = _tokens.Number();
        bool open = name.EndsWith('_');
        return text.AsSpan().ContainsAny('.', 'e')
            ? new AttributeProto
            {
                Name = open ? name + "float" : name,
                Type = AttributeType.Float,
                F = float.Parse(text, CultureInfo.InvariantCulture),
            }
            : new AttributeProto
            {
                Name = open ? name + "int" : name,
                Type = AttributeType.Int,
                I = long.Parse(text, CultureInfo.InvariantCulture),
            };
    }

    private AttributeProto ListOfIntegers(string name)
    {
        AttributeProto list = new() { Name = name, Type = AttributeType.Ints };
        while (!_tokens.Skip("]"))
        {
            list.Ints.Add(long.Parse(_tokens.Number(), CultureInfo.InvariantCulture));
            _tokens.Skip(",");
        }

        return list;
    }

    private string Attribute(string attribute, IReadOnlyList<string>? targets) => Constant(
        Reference(TypeOf(attribute) == FunctionAttributeType.Int ? "value_int" : "value_float", attribute), targets);

    private AttributeProto Reference(string name, string attribute) => new()
    {
        Name = name,
        RefAttrName = attribute,
        Type = TypeOf(attribute) == FunctionAttributeType.Int ? AttributeType.Int : AttributeType.Float,
    };

    private FunctionAttributeType TypeOf(string attribute) =>
        _definition.Attributes.TryGetValue(attribute, out var type)
            ? type
            : throw new GraphException($"The function {_definition.Name} has no attribute '{attribute}'.");

    private string Constant(AttributeProto value, IReadOnlyList<string>? targets)
    {
        NodeProto node = new() { OpType = "Constant" };
        node.Attribute.Add(value);
        return Append(node, targets);
    }

    private string Append(NodeProto node, IReadOnlyList<string>? targets)
    {
        targets ??= [$"{_definition.Name}_{_function.Node.Count.ToString(CultureInfo.InvariantCulture)}"];
        node.Output.AddRange(targets);
        _function.Node.Add(node);
        return targets[0];
    }
}
