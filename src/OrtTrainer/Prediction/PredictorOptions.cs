using OrtTrainer.Runtime;

namespace OrtTrainer.Prediction;

/// <summary>How predictions are made.</summary>
public sealed record PredictorOptions
{
    private readonly float _threshold = 0.5f;
    private readonly int? _maxLength;
    private readonly int _tokensPerBatch = 4096;
    private readonly int _window = 1024;

    /// <summary>Threads and kernels.</summary>
    public ExecutionOptions Execution { get; init; } = new();

    /// <summary>The least score of a predicted label of a multi-label model, 0 to 1; 0.5 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside 0 to 1.</exception>
    public float Threshold
    {
        get => _threshold;
        init => _threshold = value is >= 0 and <= 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Threshold), value,
                $"Threshold is {value}; expected 0 to 1.");
    }

    /// <summary>The most tokens per input, 1 or more; null, the default, for the tokenizer's own limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int? MaxLength
    {
        get => _maxLength;
        init => _maxLength = value is null ? null : AtLeastOne(value.Value, nameof(MaxLength));
    }

    /// <summary>Roughly how many tokens run at once, padding included, 1 or more; 4096 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int TokensPerBatch
    {
        get => _tokensPerBatch;
        init => _tokensPerBatch = AtLeastOne(value, nameof(TokensPerBatch));
    }

    /// <summary>How many inputs of a stream are read ahead at most, 1 or more; 1024 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int Window
    {
        get => _window;
        init => _window = AtLeastOne(value, nameof(Window));
    }

    private static int AtLeastOne(int value, string name) => value >= 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; expected 1 or more.");
}
