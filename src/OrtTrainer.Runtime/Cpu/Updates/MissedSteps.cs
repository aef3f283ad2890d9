using OrtTrainer.Runtime.Updates;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>
/// The steps that blocks of sparse segments have missed. A block without a gradient follows a law that depends on the
/// step's coefficients alone: they are kept, and when the block is needed the steps are done one after the other in
/// registers, by the formulas of <see cref="FusedPass{TKernel}"/> in their order, so that every bit is that of a pass
/// at every step. Memory is then read and written once for many steps.
/// </summary>
internal sealed class MissedSteps<TKernel> : IChunkWork
    where TKernel : struct, IUpdateKernel
{
    /// <summary>Steps kept at most; their coefficients fit the second-level cache, and with half as many the passes
    /// over memory already weigh little.</summary>
    public const int Capacity = 128;

    /// <summary>Blocks that a thread takes at once when few are brought up to date.</summary>
    private const int BlocksPerTask = 32;

    private readonly WeightLayout _layout;
    private readonly bool[] _sparse;
    private readonly ChunkedLoop _loop;
    private readonly byte[] _groups;
    private readonly SkippedBlock<TKernel> _skipped;
    private readonly TKernel[] _kernels;
    private readonly float?[] _averageWeights = new float?[Capacity];
    private readonly int[] _done;
    private (int Block, int Done)[] _behind = [];
    private int _behindCount;
    private bool _all;
    private int _count;

    /// <param name="layout">Where the tensors lie.</param>
    /// <param name="sparse">Which blocks may be left out.</param>
    /// <param name="touched">Blocks that ever had a gradient.</param>
    /// <param name="loop">The threads; not disposed here.</param>
    /// <param name="first">First state; null if the kernel keeps none. Not disposed here.</param>
    /// <param name="second">Second state; null if the kernel keeps none. Not disposed here.</param>
    public MissedSteps(
        WeightLayout layout, bool[] sparse, BlockMap touched, ChunkedLoop loop, WeightBuffer? first,
        WeightBuffer? second)
    {
        (_layout, _sparse, _loop) = (layout, sparse, loop);
        _groups = layout.GroupOfBlocks();
        _kernels = new TKernel[layout.Groups.Count * Capacity];
        _done = new int[layout.Blocks];
        _skipped = new SkippedBlock<TKernel>(touched, first, second);
    }

    /// <summary>Whether a step may leave the block out.</summary>
    public bool IsSparse(int block) => _sparse[block];

    /// <summary>Whether a step can be added to those that are kept.</summary>
    public bool CanTake(in StepInputs inputs) =>
        _count == 0 || (_count < Capacity && inputs.NonZeroGradients is not null && _skipped.IsOf(inputs));

    /// <summary>Whether the step that is done now changes the block, which is then brought up to date before; otherwise
    /// the block misses it. Of several threads each asks for blocks of its own.</summary>
    public bool Take(int block, bool hasGradient)
    {
        if (hasGradient)
        {
            Replay(block, _done[block]);
            _done[block] = _count + 1;
        }

        return hasGradient;
    }

    /// <summary>Keeps the step that <see cref="Take"/> was asked for.</summary>
    /// <param name="kernels">Its coefficients, by group.</param>
    /// <param name="inputs">Its weights and average.</param>
    public void Add(ReadOnlySpan<TKernel> kernels, in StepInputs inputs)
    {
        for (int group = 0; group < kernels.Length; group++)
        {
            _kernels[(group * Capacity) + _count] = kernels[group];
        }

        _averageWeights[_count] = inputs.Average is null ? null : (float)inputs.AverageWeight;
        _skipped.Remember(inputs);
        _count++;
    }

    /// <summary>Does all missed steps of all blocks.</summary>
    public void BringUpToDate()
    {
        if (_count > 0)
        {
            _all = true;
            _loop.Run(this, _layout.Chunks);
            Clear();
        }
    }

    /// <summary>Does all missed steps of some rows.</summary>
    public void BringUpToDate(WeightSegment table, ReadOnlySpan<long> rows)
    {
        if (_count == 0)
        {
            return;
        }

        _behindCount = 0;
        foreach (long row in rows)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row, nameof(rows));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, table.Length / table.Columns, nameof(rows));
            int start = table.Offset + ((int)row * table.Columns);
            int last = (start + table.Columns - 1) / WeightLayout.BlockLength;
            for (int block = start / WeightLayout.BlockLength; block <= last; block++)
            {
                Note(block);
            }
        }

        _all = false;
        _loop.Run(this, (_behindCount + BlocksPerTask - 1) / BlocksPerTask);
    }

    /// <summary>Forgets the steps: every block is up to date.</summary>
    public void Clear()
    {
        _count = 0;
        _done.AsSpan().Clear();
    }

    /// <inheritdoc/>
    void IChunkWork.Run(int chunk)
    {
        if (_all)
        {
            (int first, int end) = _layout.BlocksOf(chunk);
            for (int block = first; block < end; block++)
            {
                if (_sparse[block])
                {
                    Replay(block, _done[block]);
                }
            }

            return;
        }

        int start = chunk * BlocksPerTask;
        foreach ((int block, int done) in _behind.AsSpan(start, Math.Min(BlocksPerTask, _behindCount - start)))
        {
            Replay(block, done);
        }
    }

    private void Note(int block)
    {
        if (_done[block] == _count)
        {
            return;
        }

        if (_behindCount == _behind.Length)
        {
            Array.Resize(ref _behind, Math.Max(256, 2 * _behind.Length));
        }

        _behind[_behindCount++] = (block, _done[block]);
        _done[block] = _count;
    }

    private void Replay(int block, int done)
    {
        if (done < _count)
        {
            _skipped.Replay(
                block, _kernels.AsSpan((_groups[block] * Capacity) + done, _count - done),
                _averageWeights.AsSpan(done, _count - done));
        }
    }
}
