namespace OrtTrainer.Graph.Operators;

/// <summary>What a gradient rule sees: the builder to add to, the node's inputs, outputs and attributes, and the gradients of the outputs.</summary>
internal sealed class GradientContext
{
    private readonly Node _node;
    private readonly IReadOnlyList<Value?> _outputGradients;

    public GradientContext(GraphBuilder builder, Node node, IReadOnlyList<Value?> outputGradients)
    {
        Builder = builder;
        _node = node;
        _outputGradients = outputGradients;
    }

    public GraphBuilder Builder { get; }

    public string NodeName => _node.Name;

    public AttributeList Attributes => _node.Attributes;

    /// <summary>The gradient of the loss in the first output.</summary>
    public Value Dy => _outputGradients[0]
        ?? throw new GraphException($"The loss depends on node '{NodeName}' only through outputs that have no gradient.");

    public int InputCount => _node.Inputs.Count;

    /// <exception cref="GraphException">The input is missing.</exception>
    public Value In(int index) => index < _node.Inputs.Count && _node.Inputs[index] is { } value
        ? value
        : throw new GraphException($"Input {index} of node '{NodeName}' is missing.");

    public bool HasInput(int index) => index < _node.Inputs.Count && _node.Inputs[index] is not null;

    public Value Out(int index) => _node.Outputs[index];

    /// <summary>The gradient of the loss in output <paramref name="index"/>, or null where the loss does not depend on it.</summary>
    public Value? OutputGradient(int index) => _outputGradients[index];
}
