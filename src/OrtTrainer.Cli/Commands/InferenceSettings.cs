using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Graph;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;

namespace OrtTrainer.Cli.Commands;

/// <summary>The options of commands that let a model answer, as the library takes them.</summary>
internal static class InferenceSettings
{
    /// <summary>Opens a model; says what it runs on where that is asked for, and what of it is taken for
    /// granted.</summary>
    /// <param name="folder">Its folder.</param>
    /// <param name="options">How it predicts.</param>
    /// <param name="arguments">Whether much is said.</param>
    /// <param name="terminal">Where to.</param>
    public static Predictor Open(
        string folder, PredictorOptions options, CommandArguments arguments, Terminal terminal)
    {
        Predictor predictor = Prediction.Predictor.Open(folder, options);
        if (arguments.Verbose)
        {
            terminal.Note(predictor.Execution);
        }

        if (predictor.Task.Assumption is { } assumed)
        {
            terminal.Note(assumed);
        }

        return predictor;
    }

    /// <summary>How a model that answers and decides is opened.</summary>
    /// <exception cref="UsageException">A value is wrong.</exception>
    public static PredictorOptions Predictor(IDecisionArguments arguments) =>
        OptionErrors.Guard(arguments.GetType(), () => Predictor((IPredictorArguments)arguments) with
        {
            Threshold = (float?)arguments.Threshold,
            NoAnswerThreshold = arguments.NoAnswerThreshold,
        });

    /// <summary>How a model that answers is opened.</summary>
    /// <inheritdoc cref="Predictor(IDecisionArguments)" path="/exception"/>
    public static PredictorOptions Predictor(IPredictorArguments arguments) =>
        OptionErrors.Guard(arguments.GetType(), () => new PredictorOptions
        {
            MaxLength = arguments.MaxLength,
            Stride = arguments.Stride,
            Execution = Execution(arguments),
            Precision = PrecisionOf(arguments),
            Adapter = arguments.Adapter,
        });

    /// <summary>Where a model runs, and with how many threads.</summary>
    /// <exception cref="UsageException">A value is wrong, or the device cannot be used.</exception>
    public static ExecutionOptions Execution(IInferenceArguments arguments) => OptionErrors.Guard(
        arguments.GetType(), () => Execution(arguments.Threads) with { Device = DeviceOf(arguments) });

    /// <summary>How models run on the processors.</summary>
    /// <param name="threads">With how many threads; null for one per processor.</param>
    /// <exception cref="ArgumentException">The number is wrong.</exception>
    public static ExecutionOptions Execution(int? threads) =>
        threads is { } count ? new() { IntraOpThreads = count } : new();

    /// <summary>What a model computes in; float32 where nothing is said.</summary>
    /// <exception cref="UsageException">There is no such precision, or the device has no kernels for it.</exception>
    public static Precision PrecisionOf(IInferenceArguments arguments) =>
        OptionErrors.Guard(arguments.GetType(), () =>
        {
            Precision precision = Words.Parse<Precision>("--precision", arguments.Precision) ?? Precision.Fp32;
            DeviceOf(arguments).Require(precision);
            return precision;
        });

    private static Device DeviceOf(IInferenceArguments arguments) =>
        arguments.Device is { } word ? Device.Named(word) : Device.Default;
}
