namespace OrtTrainer.Graph.Operators.Contributed;

/// <summary>
/// An operator of ONNX Runtime's own domain <c>com.microsoft</c>: every build of ONNX Runtime has it, and no other
/// implementation of ONNX needs to. It has no gradient; only what is exported is written with it.
/// </summary>
internal abstract class ContributedOperator : Operator
{
    /// <summary>ONNX Runtime's domain.</summary>
    internal const string OfOnnxRuntime = "com.microsoft";

    public override string Domain => OfOnnxRuntime;
}
