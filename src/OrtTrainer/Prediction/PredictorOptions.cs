using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Runtime;

namespace OrtTrainer.Prediction;

/// <summary>How predictions are made.</summary>
public sealed record PredictorOptions
{
    private readonly float? _threshold;
    private readonly double? _noAnswerThreshold;
    private readonly int? _maxLength;
    private readonly int? _stride;
    private readonly int _tokensPerBatch = 4096;
    private readonly int _window = 8192;

    /// <summary>Threads and kernels.</summary>
    public ExecutionOptions Execution { get; init; } = new();

    /// <summary>
    /// What matrix products are computed in; float32 by default. Others need a model whose weights can be read;
    /// <see cref="Graph.Precision.Bf16"/> a CUDA device or a processor with AVX-512 BF16, the rest a CUDA device.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such precision.</exception>
    public Precision Precision { get; init => field = OptionRange.Defined(value); }

    /// <summary>
    /// A folder with low-rank adapters (LoRA) as PEFT keeps them, which are added to the model's weights; null, the
    /// default, for none. The model is then run from its weights, not from an ONNX file.
    /// </summary>
    public string? Adapter { get; init; }

    /// <summary>The least score of a predicted label of a multi-label model, 0 to 1; null, the default, for that which
    /// was tuned for the label and is kept in the model's folder, or 0.5.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside 0 to 1.</exception>
    public float? Threshold
    {
        get => _threshold;
        init => _threshold = value is null or (>= 0 and <= 1)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Threshold), value,
                $"Threshold is {value}; expected 0 to 1.");
    }

    /// <summary>
    /// For question answering: a question has no answer where the logits that stand for none, those of the first token,
    /// add up to more than those of the best answer by more than this; null, the default, answers every question. 0 is
    /// usual for a model that was trained on questions of which some have no answer.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Not a finite number.</exception>
    public double? NoAnswerThreshold
    {
        get => _noAnswerThreshold;
        init => _noAnswerThreshold = value is null || double.IsFinite(value.Value)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(NoAnswerThreshold), value,
                $"{nameof(NoAnswerThreshold)} is {value}; expected a finite number.");
    }

    /// <summary>The most tokens per input, 1 or more; null, the default, for the tokenizer's own limit.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int? MaxLength
    {
        get => _maxLength;
        init => _maxLength = value is null ? null : AtLeastOne(value.Value, nameof(MaxLength));
    }

    /// <summary>
    /// How many tokens a window of an input that is longer shares with the one before, 0 or more, for tasks that read
    /// in windows; null, the default, for the task's own number.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 0.</exception>
    public int? Stride
    {
        get => _stride;
        init => _stride = value is null or >= 0
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Stride), value,
                $"{nameof(Stride)} is {value}; expected 0 or more.");
    }

    /// <summary>Roughly how many tokens run at once, padding included where there is any, 1 or more; 4096 by
    /// default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int TokensPerBatch
    {
        get => _tokensPerBatch;
        init => _tokensPerBatch = AtLeastOne(value, nameof(TokensPerBatch));
    }

    /// <summary>How many inputs of a stream are read ahead at most, 1 or more; 8192 by default.</summary>
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
