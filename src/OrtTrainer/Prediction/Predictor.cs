using System.Runtime.CompilerServices;
using OrtTrainer.Calibration;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Prediction;

/// <summary>
/// A fine-tuned model with its tokenizer: texts in, labels and scores out. Safe for use from several threads at once;
/// calls that run while it is disposed end in an <see cref="ObjectDisposedException"/>.
/// </summary>
public sealed partial class Predictor : IDisposable
{
    // Batches of like length are made within a part.
    private const int TextsPerPart = 1024;

    private readonly InferenceModel _model;
    private readonly ITextEncoder _tokenizer;
    private readonly PredictorOptions _options;
    private readonly ModelConfig _config;

    private Predictor(
        (InferenceModel Model, string Execution) opened, ModelTask task, ITextEncoder tokenizer, ModelConfig config,
        int maxLength, ModelCalibration? calibration, PredictorOptions options)
    {
        (_model, Execution) = opened;
        _tokenizer = tokenizer;
        MaxLength = maxLength;
        _options = options;
        _config = config;
        Labels = task.OutputNames(config);
        Task = task;
        Calibration = calibration;
    }

    /// <summary>A name per output of the model.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>The folder that it was opened from.</summary>
    internal string Folder { get; private init; } = "";

    /// <summary>What the outputs mean.</summary>
    public ModelTask Task { get; }

    /// <summary>What scales probabilities and tunes thresholds, as the folder keeps it; null for nothing.</summary>
    internal ModelCalibration? Calibration { get; }

    /// <summary>The most tokens of an input; what is longer is cut.</summary>
    public int MaxLength { get; }

    /// <summary>
    /// What runs, in words: the packed graph of the weights, its precision and kernels; or the padded graph of the
    /// folder on ONNX Runtime's own operators, and why.
    /// </summary>
    public string Execution { get; }

    /// <summary>Whether inputs of a batch are filled up to the longest.</summary>
    internal bool IsPadded => _model is not PackedModel;

    /// <summary>
    /// Opens an exported folder: config.json, the tokenizer, and the weights, of which the packed graph is built; or
    /// onnx/model.onnx or model.onnx where there are none, or those of an architecture that is unknown here.
    /// </summary>
    /// <exception cref="ArgumentException">The device has no kernels for the precision.</exception>
    /// <exception cref="RunException">The folder's files do not make a classifier.</exception>
    /// <exception cref="CheckpointException">A file is missing or damaged.</exception>
    /// <exception cref="InvalidDataException">The tokenizer cannot be read.</exception>
    /// <exception cref="RuntimeFailureException">ONNX Runtime refuses the model.</exception>
    public static Predictor Open(string folder, PredictorOptions? options = null) => Open(folder, null, options);

    /// <summary>Opens an exported folder with the tokenizer that the model was trained with.</summary>
    /// <param name="folder">A folder with config.json and model.onnx or else the weights.</param>
    /// <param name="tokenizer">Reads the texts; null for the tokenizer in the folder.</param>
    /// <param name="options">How predictions are made; null for the defaults.</param>
    /// <exception cref="ArgumentException">The tokenizer does not give what the task needs, such as the places of
    /// tokens.</exception>
    /// <inheritdoc cref="Open(string, PredictorOptions)" path="/exception"/>
    public static Predictor Open(string folder, ITextEncoder? tokenizer, PredictorOptions? options = null)
    {
        options ??= new PredictorOptions();
        options.Execution.Device.Require(options.Precision);
        ModelConfig config = ModelConfig.Load(folder);
        int maxLength = SequenceLimit.Of(folder, config, options.MaxLength);
        ModelTask task = ModelTask.Of(config);
        tokenizer ??= TokenizerOf(task, folder);
        task.RequireUsable(tokenizer);
        ModelCalibration? calibration = task.DecidesClasses ? ModelCalibration.Find(folder) : null;
        return new(
            PredictionModel.Open(folder, task, config, options), task, tokenizer, config, maxLength, calibration,
            options)
        {
            Folder = folder,
        };
    }

    /// <summary>Predicts for texts or pairs of texts, in order; their labels are not looked at.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between batches.</exception>
    internal IReadOnlyList<TextPrediction> Predict(
        IReadOnlyList<Example> examples, CancellationToken cancellation = default)
    {
        int parts = (examples.Count + TextsPerPart - 1) / TextsPerPart;
        if (parts <= 1)
        {
            return Answer(Encode(examples, part: 0, cancellation), cancellation);
        }

        List<TextPrediction> predictions = new(examples.Count);
        Task<IReadOnlyList<TokenizedExample>[]> coming = Coming(0);
        try
        {
            for (int part = 0; part < parts; part++)
            {
                IReadOnlyList<TokenizedExample>[] windows = coming.GetAwaiter().GetResult();
                coming = part + 1 < parts ? Coming(part + 1) : coming;
                predictions.AddRange(Answer(windows, cancellation));
            }
        }
        finally
        {
            // The tokenizer is the caller's again once this returns.
            System.Threading.Tasks.Task.WaitAny(coming);
        }

        return predictions;

        // The texts of a part become tokens on another thread while the model runs on the part before.
        Task<IReadOnlyList<TokenizedExample>[]> Coming(int part) =>
            System.Threading.Tasks.Task.Run(() => Encode(examples, part, cancellation), CancellationToken.None);
    }

    /// <summary>The inputs of an example, on the calling thread: one, or several where it is read in windows.</summary>
    /// <exception cref="RunException">The example cannot be made to fit.</exception>
    /// <exception cref="ArgumentException">It is not of the kind that the task reads.</exception>
    internal IReadOnlyList<TokenizedExample> Encode(Example example) =>
        Task.Encode(example, _tokenizer, MaxLength, _options.Stride);

    /// <summary>What the model says of the inputs of some examples, on the calling thread.</summary>
    /// <param name="windows">For each example what <see cref="Encode(Example)"/> gave.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="RunException">The model gives outputs that are no numbers, or too few or many.</exception>
    internal TextPrediction[] Answer(
        IReadOnlyList<TokenizedExample>[] windows, CancellationToken cancellation = default)
    {
        TokenizedExample[] inputs = [.. windows.SelectMany(some => some)];
        RequireKnownIds(inputs);
        DecodingOptions options = new(
            _options.Threshold ?? (float)ThresholdSweep.Usual,
            _options.NoAnswerThreshold,
            _options.Threshold is null ? Calibration?.ThresholdsOf(Labels) : null);
        Decoding decoding = new(Task, Labels, windows, options, Calibration);
        _model.Run(inputs, decoding, _options.TokensPerBatch, cancellation: cancellation);
        return decoding.Predictions;
    }

    /// <summary>Predicts for a stream in order, a window at a time: memory does not grow with the stream.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between batches.</exception>
    internal IEnumerable<TextPrediction> PredictStream(
        IEnumerable<Example> examples, CancellationToken cancellation = default) =>
        examples.Chunk(_options.Window).SelectMany(window => Predict(window, cancellation));

    /// <summary>
    /// Predicts for a stream in order. Whatever has arrived is answered before waiting for more, so that a person at
    /// a terminal gets an answer per line and a file runs in full windows.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled between batches.</exception>
    internal async IAsyncEnumerable<TextPrediction> PredictAsync(
        IAsyncEnumerable<Example> examples,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        List<Example> window = new(_options.Window);
        await using IAsyncEnumerator<Example> source = examples.GetAsyncEnumerator(cancellation);
        for (bool more = true; more;)
        {
            ValueTask<bool> next = source.MoveNextAsync();
            if (window.Count == _options.Window || !next.IsCompleted)
            {
                foreach (TextPrediction prediction in Predict(window, cancellation))
                {
                    yield return prediction;
                }

                window.Clear();
            }

            more = await next;
            if (more)
            {
                window.Add(source.Current);
            }
        }

        foreach (TextPrediction prediction in Predict(window, cancellation))
        {
            yield return prediction;
        }
    }

    /// <summary>Frees the model. Calls under way end in an <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose() => _model.Dispose();

    private static ITextEncoder TokenizerOf(ModelTask task, string folder)
    {
        try
        {
            return task.OpenTokenizer(folder);
        }
        catch (FileNotFoundException missing)
        {
            throw new RunException(
                $"{missing.Message} A model that was trained with a tokenizer of the caller's own has none there; " +
                "give the tokenizer to Predictor.Open.", missing);
        }
    }

    /// <summary>The inputs of every text of a part.</summary>
    private IReadOnlyList<TokenizedExample>[] Encode(
        IReadOnlyList<Example> examples, int part, CancellationToken cancellation)
    {
        int first = part * TextsPerPart;
        var windows = new IReadOnlyList<TokenizedExample>[Math.Min(TextsPerPart, examples.Count - first)];
        for (int i = 0; i < windows.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            windows[i] = Encode(examples[first + i]);
        }

        return windows;
    }

    private void RequireKnownIds(IEnumerable<TokenizedExample> inputs) =>
        KnownIds.Require(inputs, Architecture.VocabularyOf(_config), _config.Path);

    /// <summary>Decodes outputs as they come: those of an example with its last window.</summary>
    private sealed class Decoding(
        ModelTask task, IReadOnlyList<string> labels, IReadOnlyList<TokenizedExample>[] windows,
        DecodingOptions options, ModelCalibration? calibration)
        : IOutputSink
    {
        private readonly (int Example, int Window)[] _places =
        [
            .. windows.SelectMany((inputs, example) => inputs.Select((_, window) => (example, window))),
        ];

        private readonly Dictionary<int, float[]?[]> _waiting = [];

        public TextPrediction[] Predictions { get; } = new TextPrediction[windows.Length];

        public void Add(OutputBatch batch)
        {
            for (int i = 0; i < batch.Count; i++)
            {
                (int example, int window) = _places[batch.Examples[i]];
                ReadOnlySpan<float> outputs = calibration is null ? batch[i] : calibration.Scaled(batch[i]);
                if (windows[example] is [TokenizedExample only])
                {
                    TextPrediction prediction = task.Decode(only, outputs, labels, options);
                    Predictions[example] = only.IsCut ? prediction with { IsCut = true } : prediction;
                }
                else
                {
                    Keep(example, window, outputs.ToArray());
                }
            }
        }

        private void Keep(int example, int window, float[] outputs)
        {
            if (!_waiting.TryGetValue(example, out float[]?[]? some))
            {
                _waiting[example] = some = new float[windows[example].Count][];
            }

            some[window] = outputs;
            if (some.All(all => all is not null))
            {
                TextPrediction prediction = task.Decode(windows[example], some!, labels, options);
                Predictions[example] =
                    windows[example].Any(input => input.IsCut) ? prediction with { IsCut = true } : prediction;
                _waiting.Remove(example);
            }
        }
    }
}
