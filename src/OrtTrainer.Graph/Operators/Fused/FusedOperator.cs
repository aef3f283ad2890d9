using OrtTrainer.Graph.Functions;

namespace OrtTrainer.Graph.Operators.Fused;

/// <summary>An operator of the domain <c>ai.orttrainer</c>: its meaning is a function in standard operators.</summary>
public abstract class FusedOperator : Operator
{
    public override string Domain => FunctionDefinition.Domain;

    public override string Type => Function.Name;

    internal override int MinimumOpset => (int)FunctionDefinition.BodyOpset;

    /// <summary>Signature and body.</summary>
    public abstract FunctionDefinition Function { get; }
}
