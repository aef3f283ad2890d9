namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>The product as it is.</summary>
internal readonly unsafe struct NoEpilogue : IEpilogue
{
    public static bool Stores => false;

    public void Apply(float* tile, nint tileRow, int row, int column, int rows, int columns)
    {
    }
}
