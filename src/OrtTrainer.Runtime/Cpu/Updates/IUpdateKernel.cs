using System.Runtime.Intrinsics;

namespace OrtTrainer.Runtime.Cpu.Updates;

/// <summary>
/// An optimizer's formula for elements that do not depend on each other, one vector at a time; a struct with this
/// step's coefficients. All arithmetic is float32 with correctly rounded operations and explicit fused multiply-adds,
/// so that the bits do not depend on the processor.
/// </summary>
internal interface IUpdateKernel
{
    /// <summary>
    /// True if zero state and a zero gradient leave the state zero: then state of untouched blocks need not be read.
    /// </summary>
    bool ZeroStateStaysZero { get; }

    /// <summary>True if zero state and a zero gradient leave the weight as it is.</summary>
    bool IdleKeepsWeight { get; }

    /// <summary>What <see cref="Update"/> gives for zero state and a zero gradient, to the bit; only called where
    /// <see cref="ZeroStateStaysZero"/>.</summary>
    Vector512<float> Idle(Vector512<float> weight);

    /// <summary>The new weights; the state vectors are replaced by their new values.</summary>
    Vector512<float> Update(
        Vector512<float> weight, Vector512<float> gradient, ref Vector512<float> first, ref Vector512<float> second);
}
