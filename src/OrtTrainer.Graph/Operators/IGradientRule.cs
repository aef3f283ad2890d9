namespace OrtTrainer.Graph.Operators;

/// <summary>What an operator implements to be differentiable.</summary>
internal interface IGradientRule
{
    /// <summary>
    /// The gradient of the loss in each input, given those in the outputs; null for inputs that have none (indices,
    /// masks). Each gradient has the shape and the element type of its input.
    /// </summary>
    /// <exception cref="GraphException">The rule does not cover the node; the message says what it covers.</exception>
    IReadOnlyList<Value?> Differentiate(GradientContext context);
}
