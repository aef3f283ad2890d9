namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>What is done to a tile of a product once its sums are whole, while it lies in the nearest cache.</summary>
internal unsafe interface IEpilogue
{
    /// <summary>
    /// True: a tile is put where it belongs by the epilogue, and nowhere else. All tiles of a panel then come one after
    /// the other, in the order of their rows.
    /// </summary>
    static abstract bool Stores { get; }

    /// <summary>Changes a tile in place.</summary>
    /// <param name="tile">Element [i, j] at i · <paramref name="tileRow"/> + j.</param>
    /// <param name="tileRow">Floats from row to row.</param>
    /// <param name="row">The tile's first row in the product.</param>
    /// <param name="column">Its first column in the product.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="columns">Its columns, 1 to 32; what lies behind them may be overwritten.</param>
    void Apply(float* tile, nint tileRow, int row, int column, int rows, int columns);
}
