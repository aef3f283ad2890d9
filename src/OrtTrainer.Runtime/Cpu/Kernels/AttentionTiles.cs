using OrtTrainer.Runtime.Cpu.Products;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// The products of attention within one sequence and head, in tiles: queries against keys in blocks of queries, with
/// the scores of a block [block, stride] in the nearest caches. Rows of the head's width [n, row] hold whole panels.
/// </summary>
internal readonly unsafe struct AttentionTiles<TTile>
    where TTile : struct, ITile
{
    private const int LargestBlock = 96;

    private readonly int _length;
    private readonly int _width;
    private readonly int _widthSteps;

    /// <param name="length">Tokens of the sequence.</param>
    /// <param name="width">Columns of the head.</param>
    public AttentionTiles(int length, int width)
    {
        (_length, _width) = (length, width);
        _widthSteps = StepsOf(width);
        Row = Panels.Count(width) * Panels.Columns;

        // Blocks of about equal size, of whole tiles.
        int blocks = Math.Max(1, (length + LargestBlock - 1) / LargestBlock);
        int rows = (length + blocks - 1) / blocks;
        Block = Math.Max(1, (rows + TTile.Rows - 1) / TTile.Rows) * TTile.Rows;

        // An odd number of cache lines: a power of two would crowd the rows into few sets of the cache.
        Stride = (Panels.Count(length) * Panels.Columns) | Lanes.Count;
    }

    /// <summary>Queries treated at a time, a multiple of a tile's rows.</summary>
    public int Block { get; }

    /// <summary>Distance of rows of the head's width.</summary>
    public int Row { get; }

    /// <summary>Distance of rows of scores.</summary>
    public int Stride { get; }

    /// <summary>Floats of the scores of a block, with a row to spare.</summary>
    public long Scores => (long)(Block + 1) * Stride;

    /// <summary>Floats of the panels whose columns are the tokens.</summary>
    public long ColumnPanels => (long)Panels.Count(_length) * _widthSteps * Panels.Columns;

    /// <summary>Floats of the panels whose rows are tokens.</summary>
    public long RowPanels => (long)(StepsOf(_length) + 1) * Row;

    /// <summary>Panels of the tokens as columns, of all that a row holds as depth.</summary>
    public void PackColumns(float* source, nint sourceRow, float* panels)
    {
        for (int token = 0; token < _length; token += Panels.Columns)
        {
            TTile.PackColumns(
                source + (token * sourceRow), sourceRow, Math.Min(Panels.Columns, _length - token), _width,
                (byte*)(panels + ((nint)token * _widthSteps)));
        }
    }

    /// <summary>Panels of some tokens as depth, each of 32 of the head's columns.</summary>
    public void PackRows(float* source, nint sourceRow, int tokens, float* panels)
    {
        for (int column = 0; column < _width; column += Panels.Columns)
        {
            TTile.PackRows(
                source + column, sourceRow, tokens, Math.Min(Panels.Columns, _width - column),
                (byte*)(panels + ((nint)column * StepsOf(tokens))));
        }
    }

    /// <summary>scores [count, from to reach] = rows [count, row] · columns.</summary>
    /// <param name="rows">Of whole vectors, with zeros behind the width.</param>
    /// <param name="count">1 to a block.</param>
    /// <param name="converted">Room for the rows.</param>
    /// <param name="columns">Of <see cref="PackColumns"/>.</param>
    /// <param name="from">The first token, a multiple of a panel.</param>
    /// <param name="reach">The token after the last.</param>
    /// <param name="scores">Whole panels of it are written.</param>
    public void Multiply(
        float* rows, int count, float* converted, float* columns, int from, int reach, float* scores)
    {
        byte* a = TTile.LeftRows(rows, count, Lanes.RoundUp(_width), (byte*)converted, out nint aRow);
        for (int token = from; token < reach; token += Panels.Columns)
        {
            byte* panel = (byte*)(columns + ((nint)token * _widthSteps));
            for (int i = 0; i < count; i += TTile.Rows)
            {
                TTile.Multiply(
                    _widthSteps, a + (i * aRow), aRow, panel, scores + ((nint)i * Stride) + token,
                    Stride * sizeof(float), Math.Min(TTile.Rows, count - i), add: false);
            }
        }
    }

    /// <summary>result [count, row] = weights [count, from to reach] · tokens.</summary>
    /// <param name="weights">Zero behind each row's end, up to a whole vector behind reach.</param>
    /// <param name="count">1 to a block.</param>
    /// <param name="converted">Room for the weights.</param>
    /// <param name="tokens">Of <see cref="PackRows"/>, of all tokens.</param>
    /// <param name="from">The first token, a multiple of a panel.</param>
    /// <param name="reach">The token after the last.</param>
    /// <param name="result">Receives whole panels.</param>
    public void MultiplyKeys(
        float* weights, int count, float* converted, float* tokens, int from, int reach, float* result)
    {
        byte* a = TTile.LeftRows(weights, count, Stride, (byte*)converted, out nint aRow);
        int first = from / TTile.ElementsPerStep;
        for (int column = 0; column < _width; column += Panels.Columns)
        {
            byte* panel = (byte*)(tokens + ((nint)column * StepsOf(_length)) + ((nint)first * Panels.Columns));
            for (int i = 0; i < count; i += TTile.Rows)
            {
                TTile.Multiply(
                    StepsOf(reach - from), a + (i * aRow) + (first * sizeof(float)), aRow, panel,
                    result + ((nint)i * Row) + column, Row * sizeof(float), Math.Min(TTile.Rows, count - i),
                    add: false);
            }
        }
    }

    /// <summary>result [from to reach, row] (+)= weightsᵀ · queries.</summary>
    /// <param name="weights">[count, stride].</param>
    /// <param name="count">1 to a block.</param>
    /// <param name="converted">Room for the weights and a row more.</param>
    /// <param name="queries">Of <see cref="PackRows"/>, of these queries.</param>
    /// <param name="from">The first token.</param>
    /// <param name="reach">The token after the last.</param>
    /// <param name="result">[length, row].</param>
    /// <param name="add">Whether it is added to.</param>
    public void MultiplyQueries(
        float* weights, int count, float* converted, float* queries, int from, int reach, float* result, bool add)
    {
        byte* a = (byte*)weights;
        if (TTile.ConvertsLeftSteps)
        {
            TTile.LeftSteps(weights, count, Stride, (byte*)converted);
            a = (byte*)converted;
        }

        for (int column = 0; column < _width; column += Panels.Columns)
        {
            byte* panel = (byte*)(queries + ((nint)column * StepsOf(count)));
            for (int token = from; token < reach; token += TTile.Rows)
            {
                TTile.MultiplyTransposed(
                    StepsOf(count), a + (token * sizeof(float)), Stride * sizeof(float), panel,
                    result + ((nint)token * Row) + column, Row * sizeof(float), Math.Min(TTile.Rows, reach - token),
                    add);
            }
        }
    }

    private static int StepsOf(int elements) => (elements + TTile.ElementsPerStep - 1) / TTile.ElementsPerStep;
}
