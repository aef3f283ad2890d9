namespace OrtTrainer.Runtime.Profiling;

/// <summary>One run of a session that profiles.</summary>
/// <param name="Seconds">How long ONNX Runtime took over it, from inputs to outputs.</param>
/// <param name="Nodes">Its nodes in the order of their execution.</param>
public sealed record ProfiledRun(double Seconds, IReadOnlyList<ProfiledNode> Nodes);
