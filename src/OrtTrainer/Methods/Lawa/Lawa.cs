using OrtTrainer.Common;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Methods;

/// <summary>Latest weight averaging (Kaddour 2022): the mean of the latest weights, taken every so many
/// steps.</summary>
public sealed record Lawa : AveragingMethod
{
    /// <summary>How many weights are averaged, the latest ones, 1 or more; each takes the memory of the
    /// model.</summary>
    [Setting("window", "how many weights are averaged, the latest ones")]
    public int Window { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 5;

    /// <summary>Optimizer steps from one of them to the next, 1 or more.</summary>
    [Setting("interval", "steps from one of them to the next")]
    public long Interval { get; init => field = OptionRange.AtLeast(value, 1); } = 10;

    internal override string Word => "lawa";

    internal override AveragingScheme Averaging =>
        new((device, layout) => new LatestWeights(device, layout, Window)) { Interval = Interval, Window = Window };

    internal override string AveragingText => $" of the last {Window}, every {Interval} steps";
}
