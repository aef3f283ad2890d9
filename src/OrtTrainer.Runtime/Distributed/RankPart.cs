namespace OrtTrainer.Runtime.Distributed;

/// <summary>The part of flat buffers that one rank updates.</summary>
/// <param name="Offset">Index of its first element.</param>
/// <param name="Length">Number of elements, 0 or more.</param>
public readonly record struct RankPart(int Offset, int Length);
