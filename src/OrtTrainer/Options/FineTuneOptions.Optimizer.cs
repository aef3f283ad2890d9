using System.Text.Json.Serialization;
using OrtTrainer.Common;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Options;

public sealed partial record FineTuneOptions
{
    /// <summary>What a step makes of the gradients.</summary>
    [Setting("optimizer", "adamw, sgd or adafactor")]
    public OptimizerKind Optimizer { get; init => field = OptionRange.Defined(value); } = OptimizerKind.Adamw;

    /// <summary>SGD's share of the velocity that is kept from step to step, in [0, 1); null for 0.9.</summary>
    [Setting("momentum", "share of the velocity that sgd keeps", Default = "0.9")]
    public double? Momentum { get; init => field = value is { } share ? OptionRange.Below(share, 0, 1) : null; }

    /// <summary>Whether SGD looks ahead along the velocity (Nesterov); needs a momentum above 0.</summary>
    [Setting("nesterov", "let sgd look ahead along the velocity", IsSwitch = true)]
    public bool Nesterov { get; init; }

    /// <summary>Rates in place of those of <see cref="Schedule"/> and the method, for a range test; null for
    /// those.</summary>
    [JsonIgnore]
    internal LearningRateSchedule? FixedSchedule { get; init; }

    /// <summary>The optimizer's constants.</summary>
    [JsonIgnore]
    public OptimizerOptions OptimizerConstants => Optimizer switch
    {
        OptimizerKind.Sgd => new SgdOptions
        {
            Momentum = Momentum ?? 0.9, Nesterov = Nesterov, WeightDecay = WeightDecay,
        },
        OptimizerKind.Adafactor => new AdafactorOptions { WeightDecay = WeightDecay },
        _ => new AdamWOptions { Beta1 = Beta1, Beta2 = Beta2, Epsilon = Epsilon, WeightDecay = WeightDecay },
    };

    /// <exception cref="ArgumentException">A setting is of another optimizer, or Nesterov lacks momentum.</exception>
    private void RequireOptimizerSettings()
    {
        if (Optimizer != OptimizerKind.Sgd && (Momentum is not null || Nesterov))
        {
            string setting = Momentum is not null ? nameof(Momentum) : nameof(Nesterov);
            throw new ArgumentException(
                $"{setting} is given, which the optimizer sgd alone has; the run steps with " +
                $"{Optimizer.ToString().ToLowerInvariant()}. Leave it out, or choose sgd.");
        }

        if (Nesterov && Momentum == 0)
        {
            throw new ArgumentException(
                $"{nameof(Nesterov)} needs a {nameof(Momentum)} above 0; found 0. Raise it, or leave Nesterov out.");
        }
    }
}
