namespace OrtTrainer.Runtime;

/// <summary>How many rows an input has where it keeps its place; a batch with fewer is filled up.</summary>
/// <param name="Count">Rows, the first dimension; 1 or more.</param>
/// <param name="RepeatsLast">Whether rows that are missing are the last one again; otherwise they are zero.</param>
public readonly record struct FixedRows(int Count, bool RepeatsLast = false);
