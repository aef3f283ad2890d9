namespace OrtTrainer.Runtime.Profiling;

/// <summary>One execution of a node.</summary>
/// <param name="Name">The node's name, as it is after ONNX Runtime's own fusions.</param>
/// <param name="Operator">Its operator, such as <c>Gemm</c>.</param>
/// <param name="Seconds">How long its kernel took.</param>
/// <param name="Inputs">What it read, inputs that were left out not counted.</param>
/// <param name="Outputs">What it wrote.</param>
public sealed record ProfiledNode(
    string Name, string Operator, double Seconds, IReadOnlyList<ProfiledTensor> Inputs,
    IReadOnlyList<ProfiledTensor> Outputs)
{
    /// <summary>Bytes of everything read and written, each tensor once.</summary>
    public long Bytes => Inputs.Concat(Outputs).Sum(tensor => tensor.Bytes);
}
