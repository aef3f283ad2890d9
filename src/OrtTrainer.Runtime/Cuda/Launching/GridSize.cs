namespace OrtTrainer.Runtime.Cuda.Launching;

/// <summary>The groups of a launch.</summary>
/// <param name="X">Groups along <c>Grid.IdxX</c>, below 2^31; 0 launches nothing.</param>
/// <param name="Y">Groups along <c>Grid.IdxY</c>, at most 65535; 0 launches nothing.</param>
internal readonly record struct GridSize(int X, int Y = 1)
{
    public bool IsEmpty => X == 0 || Y == 0;

    public static implicit operator GridSize(int groups) => new(groups);
}
