namespace OrtTrainer.Runtime.Cpu.Kernels;

/// <summary>
/// Working memory of the calling thread, kept between runs and grown to the largest request. Contents are not
/// initialised. It is released when its thread ends.
/// </summary>
internal static unsafe class Scratch
{
    [ThreadStatic]
    private static AlignedMemory? _call;

    [ThreadStatic]
    private static AlignedMemory? _sums;

    [ThreadStatic]
    private static AlignedMemory? _block;

    /// <summary>For a kernel's <see cref="Kernel.Compute"/>: shared by its blocks, valid until it returns.</summary>
    /// <param name="length">Number of floats.</param>
    public static float* ForCall(long length) => Grow(ref _call, length);

    /// <summary>As <see cref="ForCall"/>, beside it: for what each block leaves to be added up in the end.</summary>
    /// <param name="length">Number of floats.</param>
    public static float* ForSums(long length) => Grow(ref _sums, length);

    /// <summary>For one block: valid until <see cref="IBlocks.Run"/> returns.</summary>
    /// <param name="length">Number of floats.</param>
    public static float* ForBlock(long length) => Grow(ref _block, length);

    private static float* Grow(ref AlignedMemory? memory, long length)
    {
        nuint bytes = (nuint)length * sizeof(float);
        if (memory is null || memory.ByteLength < bytes)
        {
            memory?.Dispose();
            memory = new AlignedMemory(bytes);
        }

        return (float*)memory.DangerousGetHandle();
    }
}
