using OrtTrainer.Artifacts;
using OrtTrainer.Common;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.OnDevice;

namespace OrtTrainer.OnDevice;

/// <summary>What a run asks of the engine that takes its steps, where that is ONNX Runtime's own.</summary>
internal static class OnDeviceEngine
{
    /// <summary>The library with the training API.</summary>
    /// <exception cref="RunException">There is none; the message tells what was found and what to do.</exception>
    public static TrainingLibrary Find()
    {
        try
        {
            return TrainingLibrary.Find();
        }
        catch (RuntimeFailureException missing)
        {
            throw new RunException(
                $"--engine {FineTuneOptions.OrtTraining}: {missing.Message} Or leave --engine out.", missing);
        }
    }

    /// <summary>The step of a run as a graph.</summary>
    public static ArtifactOptimizer OptimizerOf(FineTuneOptions options) => new()
    {
        IsSgd = options.Optimizer == OptimizerKind.Sgd,
        Beta1 = options.Beta1,
        Beta2 = options.Beta2,
        Epsilon = options.Epsilon,
        ClipNorm = options.ClipNorm,
    };

    /// <summary>Which parameters of the model are trained.</summary>
    public static TrainableParameters TrainableOf(FineTuneOptions options) => new()
    {
        Layers = options.LayersTrainable,
        Frozen = NamedParameters.Parse(options.Freeze),
    };

    /// <summary>The part of a method that is in the files.</summary>
    public static FineTuneMethod MethodOf(FineTuneOptions options) =>
        options.Method.Loss is { } loss ? FineTuneMethod.Of(loss) : FineTuneMethod.FineTune;
}
