using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Methods;

/// <summary>Stochastic weight averaging (Izmailov et al. 2018): a high rate, and the mean of the weights.</summary>
public sealed record Swa : HighRateAverage
{
    internal override string Word => "swa";

    internal override AveragingScheme Averaging =>
        new((device, layout) => new WeightAverage(device, layout, new EqualShares()))
        {
            Start = Start, Interval = Interval,
        };
}
