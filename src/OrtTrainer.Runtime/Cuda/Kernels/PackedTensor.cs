namespace OrtTrainer.Runtime.Cuda.Kernels;

/// <summary>The shape of a packed batch of queries, keys and values.</summary>
/// <param name="Tokens">Rows, T.</param>
/// <param name="Sequences">B.</param>
/// <param name="Columns">Of the queries, H.</param>
/// <param name="Width">Columns of a head, D.</param>
internal readonly record struct PackedTensor(int Tokens, int Sequences, int Columns, int Width);
