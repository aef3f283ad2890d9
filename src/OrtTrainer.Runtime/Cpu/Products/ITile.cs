using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Cpu.Products;

/// <summary>
/// What a product is made of in one precision: a register tile, and the layouts that it reads. A tile is a product of
/// a few rows with one panel of 32 columns that stays in registers over the whole depth. Depth is counted in steps of
/// four bytes: one float32, or two bfloat16 that follow each other. Every element is summed in the order of the depth,
/// whatever the number of rows.
/// </summary>
internal unsafe interface ITile
{
    /// <summary>Rows of a whole tile.</summary>
    static abstract int Rows { get; }

    /// <summary>Elements of the depth in a step, 1 or 2.</summary>
    static abstract int ElementsPerStep { get; }

    /// <summary>C = A · panel, or C += A · panel, for rows that lie one behind the other.</summary>
    /// <param name="depth">Steps, 1 or more.</param>
    /// <param name="a">Step k of row i at i · <paramref name="aRow"/> + 4k bytes.</param>
    /// <param name="aRow">Bytes from row to row.</param>
    /// <param name="panel">[depth, 32] steps, as <see cref="Panels"/> describes them.</param>
    /// <param name="c">Element [i, j] at i · <paramref name="cRow"/> + 4j bytes, 32 of them in a row.</param>
    /// <param name="cRow">Bytes from row to row.</param>
    /// <param name="rows">1 to <see cref="Rows"/>.</param>
    /// <param name="add">True: added to what C holds.</param>
    static abstract void Multiply(
        nint depth, byte* a, nint aRow, byte* panel, float* c, nint cRow, int rows, bool add);

    /// <summary>As <see cref="Multiply"/>, with step k of row i at k · <paramref name="aStep"/> + 4i bytes.</summary>
    static abstract void MultiplyTransposed(
        nint depth, byte* a, nint aStep, byte* panel, float* c, nint cRow, int rows, bool add);

    /// <summary>A panel of columns that are rows of the source: column j is row j.</summary>
    /// <param name="source">[columns, depth] floats.</param>
    /// <param name="sourceRow">Floats from row to row.</param>
    /// <param name="columns">1 to 32.</param>
    /// <param name="depth">Elements, 1 or more.</param>
    /// <param name="panel">Receives all steps of the depth.</param>
    static abstract void PackColumns(float* source, nint sourceRow, int columns, int depth, byte* panel);

    /// <summary>A panel of rows as they lie.</summary>
    /// <param name="source">[depth, columns] floats.</param>
    /// <param name="sourceRow">Floats from row to row.</param>
    /// <param name="depth">Elements, 1 or more.</param>
    /// <param name="columns">1 to 32.</param>
    /// <param name="panel">Receives all steps of the depth.</param>
    static abstract void PackRows(float* source, nint sourceRow, int depth, int columns, byte* panel);

    /// <summary>Rows of a left factor for <see cref="Multiply"/>: where they lie, or converted.</summary>
    /// <param name="source">[rows, columns] floats.</param>
    /// <param name="rows">1 or more.</param>
    /// <param name="columns">Elements of the depth.</param>
    /// <param name="converted">Room for rows · columns floats.</param>
    /// <param name="row">Bytes from row to row of the result.</param>
    static abstract byte* LeftRows(float* source, int rows, int columns, byte* converted, out nint row);

    /// <summary>What an element is rounded to when it is stored.</summary>
    static abstract Vector512<float> Rounded(Vector512<float> values);

    /// <summary>16 elements of what <see cref="StoreRows"/> wrote.</summary>
    /// <param name="row">A row.</param>
    /// <param name="column">The first of them, a multiple of 16.</param>
    static abstract Vector512<float> Load(byte* row, int column);

    /// <summary>A tile as rows that <see cref="Multiply"/> reads.</summary>
    /// <param name="tile">[rows, 32] floats.</param>
    /// <param name="rows">1 or more.</param>
    /// <param name="target">Where its first element goes.</param>
    /// <param name="targetRow">Bytes from row to row.</param>
    static abstract void StoreRows(float* tile, int rows, byte* target, nint targetRow);

    /// <summary>A tile as steps that <see cref="MultiplyTransposed"/> reads, or as part of a panel.</summary>
    /// <param name="tile">[rows, 32] floats, with a row of zeros behind an odd number of them.</param>
    /// <param name="rows">1 or more.</param>
    /// <param name="target">Where its first step goes.</param>
    /// <param name="targetStep">Bytes from step to step.</param>
    static abstract void StoreSteps(float* tile, int rows, byte* target, nint targetStep);

    /// <summary>True: <see cref="MultiplyTransposed"/> reads what <see cref="LeftSteps"/> makes.</summary>
    static abstract bool ConvertsLeftSteps { get; }

    /// <summary>Rows of a left factor for <see cref="MultiplyTransposed"/>, converted.</summary>
    /// <param name="source">[depth, columns] floats.</param>
    /// <param name="depth">Elements, 1 or more.</param>
    /// <param name="columns">Rows of the product.</param>
    /// <param name="steps">[steps, columns], four bytes each.</param>
    static abstract void LeftSteps(float* source, int depth, int columns, byte* steps);
}
