namespace OrtTrainer.Runtime.Cuda.Updates;

/// <summary>The formula of a running average, for kernels.</summary>
internal static class KernelAverage
{
    /// <summary>
    /// <c>old + share (weight - old)</c>; a share of 1 copies the weight, whatever the average held before, not a
    /// number included.
    /// </summary>
    public static float Blend(float old, float weight, float share) =>
        share == 1 ? weight : old + (share * (weight - old));
}
