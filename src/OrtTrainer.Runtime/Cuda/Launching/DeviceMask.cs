namespace OrtTrainer.Runtime.Cuda.Launching;

/// <summary>
/// Which elements dropout keeps, as kernels read it: the hash that <see cref="Cpu.Kernels.DropoutMask"/> describes,
/// one element at a time, with the same bits.
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
}
