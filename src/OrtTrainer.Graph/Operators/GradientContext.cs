using OrtTrainer.Graph.Functions;
using OrtTrainer.Graph.Operators.Fused;

namespace OrtTrainer.Graph.Operators;

/// <summary>
/// What a gradient rule sees: the builder to add to, the node's inputs, outputs and attributes, and the gradients of
/// the outputs.
/// </summary>
internal sealed class GradientContext
{
    private readonly Node _node;
    private readonly Node _source;
    private readonly IReadOnlyList<Value?> _outputGradients;
    private readonly IReadOnlySet<Value> _needed;
    private readonly Func<Value, Value?> _takeOther;

    /// <param name="builder">The builder to add to.</param>
    /// <param name="node">The node to differentiate.</param>
    /// <param name="source">The node whose inputs and outputs the gradients read: the same, or its like that computes
    /// them again.</param>
    /// <param name="outputGradients">The gradient of the loss in each output; null where the loss does not depend on
    /// it.</param>
    /// <param name="needed">The values whose gradients are wanted.</param>
    /// <param name="takeOther">Takes out of the sum that makes a value's gradient what it has so far.</param>
    public GradientContext(
        GraphBuilder builder, Node node, Node source, IReadOnlyList<Value?> outputGradients,
        IReadOnlySet<Value> needed, Func<Value, Value?> takeOther)
    {
        _needed = needed;
        _takeOther = takeOther;
        Builder = builder;
        _node = node;
        _source = source;
        _outputGradients = outputGradients;
    }

    public GraphBuilder Builder { get; }

    public string NodeName => _node.Name;

    public AttributeList Attributes => _node.Attributes;

    /// <summary>The gradient of the loss in the first output.</summary>
    public Value Dy => _outputGradients[0]
        ?? throw new GraphException(
            $"The loss depends on node '{NodeName}' only through outputs that have no gradient.");

    public int InputCount => _node.Inputs.Count;

    /// <exception cref="GraphException">The input is missing.</exception>
    public Value In(int index) => index < _source.Inputs.Count && _source.Inputs[index] is { } value
        ? value
        : throw new GraphException($"Input {index} of node '{NodeName}' is missing.");

    public bool HasInput(int index) => index < _node.Inputs.Count && _node.Inputs[index] is not null;

    /// <summary>Whether the gradient of the input is wanted; a rule may give null where it is not.</summary>
    public bool Needs(int index) => HasInput(index) && _needed.Contains(_node.Inputs[index]!);

    public int OutputCount => _node.Outputs.Count;

    public Value Out(int index) => _source.Outputs[index];

    /// <summary>
    /// The gradient of the loss in output <paramref name="index"/>, or null where the loss does not depend on it.
    /// </summary>
    public Value? OutputGradient(int index) => _outputGradients[index];

    /// <summary>
    /// Adds a fused operator whose first output is the gradient of the first input. Where other uses gave that input a
    /// gradient already, the operator's form with a residual takes it in, which saves a pass over both.
    /// </summary>
    /// <param name="type">Has a form with a residual.</param>
    /// <param name="inputs">Of the operator.</param>
    /// <returns>All outputs.</returns>
    public IReadOnlyList<Value> Gradients(string type, params Value[] inputs) =>
        Needs(0) && _takeOther(_node.Inputs[0]!) is { } other
            ? Builder.NodeOutputs(FunctionDefinition.Domain, Residual.Named(type), [.. inputs, other])
            : Builder.NodeOutputs(FunctionDefinition.Domain, type, inputs);

    /// <exception cref="GraphException">The loss depends on another output than those the rule has gradients
    /// for.</exception>
    public void RequireNoGradientFrom(int output)
    {
        for (int i = output; i < OutputCount; i++)
        {
            if (_outputGradients[i] is not null)
            {
                throw new GraphException(
                    $"The loss depends on output {i} of node '{NodeName}' ({_node.Operator.Type}), which has " +
                    "no gradient rule; it is there for the backward pass only.");
            }
        }
    }
}
