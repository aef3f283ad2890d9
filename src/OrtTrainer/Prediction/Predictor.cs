using System.Runtime.CompilerServices;
using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Prediction;

/// <summary>
/// A fine-tuned model with its tokenizer: texts in, labels and scores out. Safe for use from several threads at once;
/// calls that run while it is disposed end in an <see cref="ObjectDisposedException"/>.
/// </summary>
public sealed class Predictor : IDisposable
{
    private readonly OnnxClassifier _classifier;
    private readonly ITextEncoder _tokenizer;
    private readonly EncodeOptions _encoding;
    private readonly PredictorOptions _options;

    private Predictor(
        OnnxClassifier classifier, ITextEncoder tokenizer, ModelConfig config, int maxLength, PredictorOptions options)
    {
        _classifier = classifier;
        _tokenizer = tokenizer;
        _encoding = new EncodeOptions { MaxLength = maxLength };
        _options = options;
        Labels = config.Id2Label;
        Task = ProblemType.TaskOf(config);
    }

    /// <summary>A name per output of the model.</summary>
    public IReadOnlyList<string> Labels { get; }

    /// <summary>What the outputs mean.</summary>
    public TaskKind Task { get; }

    /// <summary>The most tokens of an input; what is longer is cut.</summary>
    public int MaxLength => _encoding.MaxLength!.Value;

    /// <summary>
    /// Opens an exported folder: config.json, the tokenizer, and onnx/model.onnx, model.onnx or else the weights.
    /// </summary>
    /// <exception cref="ModelException">The folder's files do not make a classifier.</exception>
    /// <exception cref="CheckpointException">A file is missing or damaged.</exception>
    /// <exception cref="InvalidDataException">The tokenizer cannot be read.</exception>
    /// <exception cref="RuntimeFailureException">ONNX Runtime refuses the model.</exception>
    public static Predictor Open(string folder, PredictorOptions? options = null) => Open(folder, null, options);

    /// <summary>Opens an exported folder with the tokenizer that the model was trained with.</summary>
    /// <param name="folder">A folder with config.json and model.onnx or else the weights.</param>
    /// <param name="tokenizer">Reads the texts; null for the tokenizer in the folder.</param>
    /// <param name="options">How predictions are made; null for the defaults.</param>
    /// <inheritdoc cref="Open(string, PredictorOptions)" path="/exception"/>
    public static Predictor Open(string folder, ITextEncoder? tokenizer, PredictorOptions? options = null)
    {
        options ??= new PredictorOptions();
        ModelConfig config = ModelConfig.Load(folder);
        int maxLength = SequenceLimit.Of(folder, config, options.MaxLength);
        tokenizer ??= TokenizerOf(folder);
        return new(ClassifierFolder.Open(folder, config, options.Execution), tokenizer, config, maxLength, options);
    }

    /// <summary>The model's outputs for texts or pairs of texts, [inputs, K], in order.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between batches.</exception>
    public float[] Logits(IReadOnlyList<(string Text, string? Pair)> inputs, CancellationToken cancellation = default)
    {
        TokenizedExample[] examples = [.. inputs.Select(input => Encode(input, cancellation))];
        return _classifier.Logits(examples, Labels.Count, _options.TokensPerBatch, cancellation: cancellation);
    }

    /// <summary>Predicts for texts or pairs of texts, in order.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between batches.</exception>
    public IReadOnlyList<TextPrediction> Predict(
        IReadOnlyList<(string Text, string? Pair)> inputs, CancellationToken cancellation = default)
    {
        int outputs = Labels.Count;
        float[] logits = Logits(inputs, cancellation);
        return [.. Enumerable.Range(0, inputs.Count).Select(
            i => Scoring.Read(Task, Labels, logits.AsSpan(i * outputs, outputs), _options.Threshold))];
    }

    /// <summary>Predicts for a stream in order, a window at a time: memory does not grow with the stream.</summary>
    /// <exception cref="OperationCanceledException">Cancelled between batches.</exception>
    public IEnumerable<TextPrediction> PredictStream(
        IEnumerable<(string Text, string? Pair)> inputs, CancellationToken cancellation = default) =>
        inputs.Chunk(_options.Window).SelectMany(window => Predict(window, cancellation));

    /// <summary>
    /// Predicts for a stream in order. Whatever has arrived is answered before waiting for more, so that a person at
    /// a terminal gets an answer per line and a file runs in full windows.
    /// </summary>
    /// <exception cref="OperationCanceledException">Cancelled between batches.</exception>
    public async IAsyncEnumerable<TextPrediction> PredictAsync(
        IAsyncEnumerable<(string Text, string? Pair)> inputs,
        [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        List<(string, string?)> window = new(_options.Window);
        await using IAsyncEnumerator<(string, string?)> source = inputs.GetAsyncEnumerator(cancellation);
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

    public void Dispose() => _classifier.Dispose();

    private static Tokenizer TokenizerOf(string folder)
    {
        try
        {
            return Tokenizer.Load(folder);
        }
        catch (FileNotFoundException missing)
        {
            throw new ModelException(
                $"{missing.Message} A model that was trained with a tokenizer of the caller's own has none there; " +
                "give the tokenizer to Predictor.Open.", missing);
        }
    }

    private TokenizedExample Encode((string Text, string? Pair) input, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        TokenIds tokens = _tokenizer.EncodeIds(input.Text, input.Pair, _encoding);
        return new(tokens.Ids, tokens.TypeIds, []);
    }
}
