using System.Runtime.CompilerServices;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// <c>Rotary(x [T, C], positions [T], frequencies [D/2]) -> y [T, C]</c>, attributes <c>heads</c> and
/// <c>direction</c>, 1 or -1: elements i and i + D/2 of each of the first heads are turned by position · frequency i;
/// the columns after them are copied. The angles of a row are made once for all of its heads.
/// </summary>
internal sealed unsafe class RotaryKernel : Kernel
{
    private readonly long _heads;
    private readonly float _direction;

    public RotaryKernel(KernelAttributes attributes)
    {
        _heads = attributes.Int("heads");
        _direction = attributes.Float("direction");
        if (_heads is < 1 or > 65_536)
        {
            throw new ArgumentException($"heads is {_heads}; expected 1 to 65536.");
        }

        if (_direction is not (1 or -1))
        {
            throw new ArgumentException($"direction is {_direction}; expected 1 or -1.");
        }
    }

    public static KernelDefinition Definition { get; } = new(
        "Rotary", [ElementType.Float, ElementType.Int64, ElementType.Float], 1,
        attributes => new RotaryKernel(attributes));

    /// <summary>1 or -1.</summary>
    public float Direction => _direction;

    public override void Compute(in KernelContext context)
    {
        KernelTensor x = context.Input(0), positions = context.Input(1), frequencies = context.Input(2);
        (int rows, int columns, _) = Check(x, positions, frequencies);
        context.ParallelFor(RowBlocks.Count(rows), new Blocks
        {
            X = x.Floats,
            Positions = positions.Int64s,
            Frequencies = frequencies.Floats,
            Y = context.Output(0, rows, columns).Floats,
            Rows = rows,
            Columns = columns,
            Heads = (int)_heads,
            Half = (int)frequencies.Length,
            Direction = _direction,
        });
    }

    /// <summary>Rows and columns of x, and how many of the columns are turned.</summary>
    /// <exception cref="ArgumentException">The shapes do not go together.</exception>
    public (int Rows, int Columns, int Turned) Check(
        KernelTensor x, KernelTensor positions, KernelTensor frequencies)
    {
        (int rows, int columns) = Shapes.Matrix(Definition, "x", x);
        Shapes.Require(Definition, "positions", positions, rows);
        if (frequencies.Shape.Length != 1 || 2 * _heads * frequencies.Length > columns)
        {
            throw new ArgumentException(
                $"{Definition.Name}: frequencies has shape {frequencies}; expected [D / 2] with {_heads} heads of D " +
                $"columns among the {columns} of x.");
        }

        return (rows, columns, (int)(2 * _heads * frequencies.Length));
    }

    private struct Blocks : IBlocks
    {
        public float* X;
        public long* Positions;
        public float* Frequencies;
        public float* Y;
        public int Rows;
        public int Columns;
        public int Heads;
        public int Half;
        public float Direction;

        [MethodImpl(MethodImplOptions.AggressiveOptimization)]
        public readonly void Run(int block)
        {
            (int first, int end) = RowBlocks.Range(block, Rows);
            float* cos = Scratch.ForBlock(2L * Half), sin = cos + Half;
            int turned = 2 * Half * Heads;
            for (int row = first; row < end; row++)
            {
                for (int i = 0; i < Half; i++)
                {
                    (float s, float c) = MathF.SinCos(Positions[row] * Frequencies[i]);
                    sin[i] = s * Direction;
                    cos[i] = c;
                }

                float* x = X + ((long)row * Columns), y = Y + ((long)row * Columns);
                for (int head = 0; head < turned; head += 2 * Half)
                {
                    for (int i = head; i < head + Half; i++)
                    {
                        float a = x[i], b = x[i + Half], c = cos[i - head], s = sin[i - head];
                        y[i] = (a * c) - (b * s);
                        y[i + Half] = (b * c) + (a * s);
                    }
                }

                int rest = Columns - turned;
                new ReadOnlySpan<float>(x + turned, rest).CopyTo(new Span<float>(y + turned, rest));
            }
        }
    }
}
