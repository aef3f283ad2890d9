namespace OrtTrainer.Runtime.Cuda.Launching;

/// <summary>A compiled kernel.</summary>
/// <param name="Entry">The name of its entry.</param>
/// <param name="Text">The module in PTX.</param>
internal sealed record Ptx(string Entry, string Text);
