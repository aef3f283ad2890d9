using OrtTrainer.Prediction;
using OrtTrainer.Text;

namespace OrtTrainer.Extensions;

/// <summary>How a predictor is opened as a service.</summary>
public sealed record PredictorServiceOptions
{
    /// <summary>How it predicts: threads, threshold, tokens per input and per batch.</summary>
    public PredictorOptions Predictor { get; init; } = new();

    /// <summary>Reads the texts; null, the default, for the tokenizer in the model's folder.</summary>
    public ITextEncoder? Tokenizer { get; init; }

    /// <summary>
    /// Whether the host opens it as it starts, so that a bad folder ends the start and no first caller waits; otherwise
    /// whoever asks for it first does. False by default.
    /// </summary>
    public bool OpensAtStart { get; init; }
}
