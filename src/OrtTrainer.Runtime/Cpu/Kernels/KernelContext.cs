using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using OrtTrainer.Runtime.Native;

namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// What a kernel may reach during one run of its node. Valid until <see cref="Kernel.Compute"/> returns.
/// </summary>
public readonly unsafe ref struct KernelContext
{
    // About ten microseconds of products with one row.
    private const long LeastSharedWork = 1 << 17;

    private readonly void* _context;

    internal KernelContext(void* context) => _context = context;

    /// <summary>Input <paramref name="index"/>, of the type its definition gives.</summary>
    public KernelTensor Input(int index) => new(OrtFunctions.KernelContextGetInput(_context, index));

    /// <summary>Makes output <paramref name="index"/> with this shape; its elements are not initialised.</summary>
    public KernelTensor Output(int index, params ReadOnlySpan<long> shape) =>
        new(OrtFunctions.KernelContextGetOutput(_context, index, shape));

    /// <summary>The stream of the provider's device that the node's work goes to; 0 for its default stream.</summary>
    internal nint ComputeStream => (nint)OrtFunctions.KernelContextGetComputeStream(_context);

    /// <summary>Memory on the device of input 0, given back by <see cref="Free"/>.</summary>
    internal nint Allocate(long bytes) => (nint)OrtFunctions.KernelContextAllocate(_context, (nuint)bytes);

    /// <summary>
    /// Gives memory back, for work that is queued on the stream after what uses it. Throws nothing else than ONNX
    /// Runtime's failures.
    /// </summary>
    internal void Free(nint address) => OrtFunctions.KernelContextFree(_context, (void*)address);

    /// <summary>
    /// Runs blocks 0 to <paramref name="count"/> - 1 on the session's own threads, which take them as they become
    /// free. Allocates nothing. The first exception of a block is rethrown once all have ended.
    /// </summary>
    public void ParallelFor<TBlocks>(int count, TBlocks blocks)
        where TBlocks : unmanaged, IBlocks
    {
        if (count <= 1)
        {
            if (count == 1)
            {
                blocks.Run(0);
            }

            return;
        }

        Job job = new() { Blocks = &blocks, Run = &Run<TBlocks> };
        OrtFunctions.ParallelFor(_context, &RunBlock, count, &job);
        if (job.Failure != IntPtr.Zero)
        {
            GCHandle failure = GCHandle.FromIntPtr(job.Failure);
            var exception = (Exception)failure.Target!;
            failure.Free();
            ExceptionDispatchInfo.Throw(exception);
        }
    }

    /// <summary>
    /// As <see cref="ParallelFor{TBlocks}(int, TBlocks)"/>, but on the calling thread alone where the work takes less
    /// time than another thread takes to begin.
    /// </summary>
    /// <param name="count">Blocks.</param>
    /// <param name="work">Multiplications and additions of all blocks, a pair counted once.</param>
    /// <param name="blocks">The work.</param>
    internal void ParallelFor<TBlocks>(int count, long work, TBlocks blocks)
        where TBlocks : unmanaged, IBlocks
    {
        if (work >= LeastSharedWork)
        {
            ParallelFor(count, blocks);
            return;
        }

        for (int block = 0; block < count; block++)
        {
            blocks.Run(block);
        }
    }

    private static void Run<TBlocks>(void* blocks, int block)
        where TBlocks : unmanaged, IBlocks => Unsafe.AsRef<TBlocks>(blocks).Run(block);

    [UnmanagedCallersOnly]
    private static void RunBlock(void* state, nuint block)
    {
        var job = (Job*)state;
        try
        {
            job->Run(job->Blocks, (int)block);
        }
        catch (Exception failure)
        {
            var handle = GCHandle.Alloc(failure);
            if (Interlocked.CompareExchange(ref job->Failure, GCHandle.ToIntPtr(handle), IntPtr.Zero) != IntPtr.Zero)
            {
                handle.Free();
            }
        }
    }

    private struct Job
    {
        public void* Blocks;
        public delegate*<void*, int, void> Run;
        public IntPtr Failure;
    }
}
