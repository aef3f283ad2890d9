using System.Runtime.CompilerServices;
using ILGPU;

namespace OrtTrainer.Runtime.Cuda.Launching;

/// <summary>
/// Which elements dropout keeps, as kernels read it: the hash that <see cref="Cpu.Kernels.DropoutMask"/> describes,
/// one element at a time, with the same bits. Of a node it has what the node says, and <see cref="At"/> makes it the
/// mask of a step.
/// </summary>
/// <param name="key0">What is mixed into the element index first.</param>
/// <param name="key1">What is added in the middle.</param>
/// <param name="threshold">Elements whose hash is less are dropped; 0 for none.</param>
/// <param name="scale">What kept elements are multiplied with.</param>
internal struct DeviceMask(uint key0, uint key1, uint threshold, float scale)
{
    public uint Key0 = key0;
    public uint Key1 = key1;
    public uint Threshold = threshold;
    public float Scale = scale;

    /// <summary>The mask of a step whose key lies on the device.</summary>
    /// <param name="key">Two words in [0, 2^32); nothing where this is a mask already.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly DeviceMask At(ArrayView<long> key) => key.Length < 2
        ? this
        : new DeviceMask(Mix((uint)key[0] + Key0), Mix((uint)key[1] + Key1), Threshold, Scale);

    /// <summary>The scale of an element that is kept, 0 of any other; 1 where nothing is dropped.</summary>
    /// <param name="index">The element's, modulo 2^32.</param>
    public readonly float Factor(uint index)
    {
        uint x = index ^ Key0;
        x ^= x >> 16;
        x = (x * 0x7feb352d) + Key1;
        x ^= x >> 15;
        x *= 0x846ca68b;
        x ^= x >> 16;
        return x >= Threshold ? Scale : 0;
    }

    // As DropoutMask mixes the words of a key.
    private static uint Mix(uint x)
    {
        x ^= x >> 16;
        x *= 0x7feb352d;
        x ^= x >> 15;
        x *= 0x846ca68b;
        return x ^ (x >> 16);
    }
}
