namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>Shares elementwise work among the session's threads.</summary>
internal static class Elementwise
{
    // Long enough to make handing out a block cheap (microseconds of work), short enough for two threads to end
    // together.
    private const int BlockLength = 16 * 1024;

    public static void Run<TWork>(in KernelContext context, long length, TWork work)
        where TWork : unmanaged, IElementwise =>
        context.ParallelFor(
            checked((int)((length + BlockLength - 1) / BlockLength)),
            new Blocks<TWork> { Work = work, Length = length });

    private struct Blocks<TWork> : IBlocks
        where TWork : unmanaged, IElementwise
    {
        public TWork Work;
        public long Length;

        public readonly void Run(int block)
        {
            long start = (long)block * BlockLength;
            Work.Run(start, (int)Math.Min(BlockLength, Length - start));
        }
    }
}
