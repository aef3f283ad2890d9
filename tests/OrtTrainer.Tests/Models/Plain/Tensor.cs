namespace OrtTrainer.Tests.Models.Plain;

/// <summary>A matrix of float64 with room for its gradient; a vector is one row.</summary>
internal sealed class Tensor(double[,] value, bool isVector = false)
{
    public double[,] Value { get; } = value;

    /// <summary>The derivative of the loss by each element; what uses the tensor adds to it.</summary>
    public double[,] Gradient { get; } = new double[value.GetLength(0), value.GetLength(1)];

    public int Rows => Value.GetLength(0);

    public int Columns => Value.GetLength(1);

    /// <summary>As a checkpoint holds it: [columns] for a vector, [rows, columns] otherwise.</summary>
    public long[] Shape => isVector ? [Columns] : [Rows, Columns];
}
