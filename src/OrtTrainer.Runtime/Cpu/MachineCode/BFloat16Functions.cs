using System.Runtime.InteropServices;
using Iced.Intel;

namespace OrtTrainer.Runtime.Cpu.MachineCode;

/// <summary>The functions of <see cref="BFloat16Code"/>, assembled into memory of this process.</summary>
internal sealed unsafe class BFloat16Functions : IDisposable
{
    private const int Alignment = 64;

    private readonly ExecutableMemory _memory;
    private readonly nint[] _tiles = new nint[4 * BFloat16Code.TileRows];
    private readonly ushort* _pairOrder;

    /// <exception cref="PlatformNotSupportedException">The system is one that code cannot be made on.</exception>
    /// <exception cref="System.ComponentModel.Win32Exception">It gives no executable memory.</exception>
    public BFloat16Functions()
    {
        BFloat16Code code = new(CallingConventions.OfThisSystem);
        using MemoryStream bytes = new();
        List<long> starts = [];
        void Add(Assembler function)
        {
            // Each function starts on a cache line.
            bytes.Position = bytes.Length + ((Alignment - (bytes.Length % Alignment)) % Alignment);
            starts.Add(bytes.Position);
            function.Assemble(new StreamCodeWriter(bytes), (ulong)bytes.Position);
        }

        for (int kind = 0; kind < 4; kind++)
        {
            for (int rows = 1; rows <= BFloat16Code.TileRows; rows++)
            {
                Add(code.Tile(rows, transposed: kind / 2 == 1, add: kind % 2 == 1));
            }
        }

        Add(code.ConvertRows());
        Add(code.Pair());
        Add(code.PairPanel());
        _memory = new ExecutableMemory(bytes.ToArray());
        nint[] addresses = [.. starts.Select(start => _memory.Start + (nint)start)];
        addresses.AsSpan(0, _tiles.Length).CopyTo(_tiles);
        PairRows = (delegate* unmanaged[SuppressGCTransition]<nint, float*, float*, uint*, ushort*, void>)addresses[^2];
        PairPanel =
            (delegate* unmanaged[SuppressGCTransition]<nint, float*, nint, uint*, ushort*, nint, void>)addresses[^1];
        ConvertRows = (delegate* unmanaged[SuppressGCTransition]<nint, float*, nint, ushort*, nint, void>)addresses[^3];
        _pairOrder = (ushort*)NativeMemory.AlignedAlloc(Alignment, Alignment);
        BFloat16Code.PairOrder.CopyTo(new Span<ushort>(_pairOrder, 32));
    }

    /// <summary>pair(vectors of 16, first, second, target, order).</summary>
    public delegate* unmanaged[SuppressGCTransition]<nint, float*, float*, uint*, ushort*, void> PairRows { get; }

    /// <summary>pairPanel(steps, source, bytes from row to row, panel, order, bytes from step to step).</summary>
    public delegate* unmanaged[SuppressGCTransition]<nint, float*, nint, uint*, ushort*, nint, void> PairPanel { get; }

    /// <summary>convertRows(rows of 32, source, bytes from row to row, target, bytes from row to row).</summary>
    public delegate* unmanaged[SuppressGCTransition]<nint, float*, nint, ushort*, nint, void> ConvertRows { get; }

    /// <summary>The last argument of the functions that pair.</summary>
    public ushort* PairOrder => _pairOrder;

    /// <summary>tile(depth, a, aStep, panel, c, cRow) for a number of rows from 1 to 12.</summary>
    public delegate* unmanaged[SuppressGCTransition]<nint, byte*, nint, byte*, float*, nint, void> Tile(
        int rows, bool transposed, bool add) =>
        (delegate* unmanaged[SuppressGCTransition]<nint, byte*, nint, byte*, float*, nint, void>)_tiles[
            (((transposed ? 2 : 0) + (add ? 1 : 0)) * BFloat16Code.TileRows) + rows - 1];

    public void Dispose()
    {
        _memory.Dispose();
        NativeMemory.AlignedFree(_pairOrder);
    }
}
