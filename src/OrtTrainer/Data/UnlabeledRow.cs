namespace OrtTrainer.Data;

/// <summary>A row whose label is empty.</summary>
/// <param name="Row">Which row of its file it is, from 0.</param>
/// <param name="Example">What it holds.</param>
internal readonly record struct UnlabeledRow(int Row, Example Example);
