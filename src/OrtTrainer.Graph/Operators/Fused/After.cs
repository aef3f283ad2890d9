using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>
/// x, but not before another value is there: whatever reads it waits. As a function it is x alone, which any runtime
/// may compute when it likes: the results are the same.
/// </summary>
internal sealed class After : FusedOperator
{
    public override FunctionDefinition Function { get; } =
        FunctionDefinition.Parse("After(x, signal) => y", "y = Identity(x)");

    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) => [context.Type(0)];
}
