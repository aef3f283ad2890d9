using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using OrtTrainer.Prediction;

namespace OrtTrainer.Extensions;

/// <summary>Opens a predictor and logs it.</summary>
internal sealed partial class PredictorOpening
{
    private readonly string _folder;
    private readonly PredictorServiceOptions _options;

    private PredictorOpening(string folder, PredictorServiceOptions options)
    {
        _folder = folder;
        _options = options;
    }

    /// <summary>Whether the host is to open it as it starts.</summary>
    public bool IsAtStart => _options.OpensAtStart;

    /// <exception cref="ArgumentException">The folder's name is empty.</exception>
    public static PredictorOpening Of(
        string folder, Func<PredictorServiceOptions, PredictorServiceOptions>? configure)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(folder);
        PredictorServiceOptions options = new();
        return new PredictorOpening(folder, configure?.Invoke(options) ?? options);
    }

    /// <summary>Opens it; what goes wrong is thrown as it is, for whoever starts the program to read.</summary>
    public Predictor Open(ILogger? logger)
    {
        logger ??= NullLogger.Instance;
        long started = Stopwatch.GetTimestamp();
        Predictor predictor = Predictor.Open(_folder, _options.Tokenizer, _options.Predictor);
        Opened(logger, _folder, predictor.Labels.Count, predictor.MaxLength,
            Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        return predictor;
    }

    [LoggerMessage(
        EventId = 1, EventName = "PredictorOpened", Level = LogLevel.Information,
        Message = "Opened {Folder}: {Labels} labels, at most {MaxLength} tokens per input, in {Milliseconds:F0} ms")]
    private static partial void Opened(ILogger logger, string folder, int labels, int maxLength, double milliseconds);
}
