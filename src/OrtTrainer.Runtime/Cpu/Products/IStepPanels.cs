namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>The inputs of a layer as the right factor of its weight's gradient: panels over the rows.</summary>
internal unsafe interface IStepPanels
{
    /// <summary>A part of a panel.</summary>
    /// <param name="panel">Which.</param>
    /// <param name="row">Its first row, a multiple of what a step has elements.</param>
    /// <param name="rows">1 or more.</param>
    /// <param name="room">For the part, if it has to be packed.</param>
    byte* Panel<TTile>(int panel, int row, int rows, byte* room)
        where TTile : struct, ITile;
}

/// <summary>Rows of float32, packed where they are needed.</summary>
/// <param name="x">[rows, columns].</param>
/// <param name="columns">1 or more.</param>
internal readonly unsafe struct FloatRows(float* x, int columns) : IStepPanels
{
    public byte* Panel<TTile>(int panel, int row, int rows, byte* room)
        where TTile : struct, ITile
    {
        int column = panel * Panels.Columns;
        TTile.PackRows(
            x + ((long)row * columns) + column, columns, rows, Math.Min(Panels.Columns, columns - column), room);
        return room;
    }
}

/// <summary>Panels that were made before, over all rows.</summary>
/// <param name="panels">[panels, steps, 32].</param>
/// <param name="steps">Of all rows.</param>
internal readonly unsafe struct PackedPanels(byte* panels, int steps) : IStepPanels
{
    public byte* Panel<TTile>(int panel, int row, int rows, byte* room)
        where TTile : struct, ITile =>
        panels + ((((long)panel * steps) + (row / TTile.ElementsPerStep)) * Panels.StepBytes);
}
