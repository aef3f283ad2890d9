namespace OrtTrainer.Graph.Operators.Standard;

/// <summary>Functions that are constant between jumps, so that no gradient passes.</summary>
internal abstract class StepFunction : Operator
{
    internal override IReadOnlyList<TensorType> Infer(InferenceContext context) => [context.Type(0)];
}

internal sealed class Sign : StepFunction
{
    public override string Type => "Sign";
}

internal sealed class Ceil : StepFunction
{
    public override string Type => "Ceil";
}

internal sealed class Floor : StepFunction
{
    public override string Type => "Floor";
}
