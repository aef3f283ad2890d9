using OrtTrainer.Common;

namespace OrtTrainer.Methods;

/// <summary>Settings of <see cref="AveragingKind.Lawa"/> (Kaddour 2022).</summary>
public sealed record LawaOptions
{
    /// <summary>How many weights are averaged, the latest ones, 1 or more; each takes the memory of the
    /// model.</summary>
    public int Window { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 5;

    /// <summary>Optimizer steps from one of them to the next, 1 or more.</summary>
    public long Interval { get; init => field = OptionRange.AtLeast(value, 1); } = 10;
}
