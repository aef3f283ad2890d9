using System.Runtime.CompilerServices;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Tasks;

namespace OrtTrainer.Prediction;

/// <content>Plain texts in, for programs.</content>
public sealed partial class Predictor
{
    /// <summary>
    /// Predicts for one text, on the calling thread. Allocates for its own tokens and outputs only; what several
    /// threads ask at once runs side by side.
    /// </summary>
    /// <param name="text">The text; what is longer than <see cref="MaxLength"/> tokens is cut.</param>
    /// <param name="cancellation">Stops before the model runs.</param>
    /// <exception cref="RunException">The model gives outputs that are no numbers, or too few or many.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="ObjectDisposedException">This was disposed, perhaps while the call ran.</exception>
    public TextPrediction Predict(string text, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Predict(new[] { InputOf(text, null) }, cancellation)[0];
    }

    /// <summary>Predicts for one pair of texts, on the calling thread.</summary>
    /// <param name="text">The first text.</param>
    /// <param name="pair">The second text. The longer of both is cut where they exceed <see cref="MaxLength"/> tokens
    /// together.</param>
    /// <param name="cancellation">Stops before the model runs.</param>
    /// <inheritdoc cref="Predict(string, CancellationToken)" path="/exception"/>
    public TextPrediction Predict(string text, string pair, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(pair);
        return Predict(new[] { InputOf(text, pair) }, cancellation)[0];
    }

    /// <summary>
    /// Predicts for texts, in batches of texts of like length: many times faster than one by one. The model runs on the
    /// calling thread; beyond 1,024 texts, others are read on another thread meanwhile.
    /// </summary>
    /// <param name="texts">The texts, any number.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>A prediction for each text, in their order.</returns>
    /// <exception cref="ArgumentException">A text is null.</exception>
    /// <inheritdoc cref="Predict(string, CancellationToken)" path="/exception"/>
    [OverloadResolutionPriority(1)] // An empty list is one of texts.
    public IReadOnlyList<TextPrediction> Predict(
        IReadOnlyList<string> texts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return Predict(texts.Select(Input).ToArray(), cancellation);
    }

    /// <summary>Predicts for pairs of texts, in batches of pairs of like length, as for texts.</summary>
    /// <param name="pairs">The pairs, any number.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <returns>A prediction for each pair, in their order.</returns>
    /// <exception cref="ArgumentException">A text is null.</exception>
    /// <inheritdoc cref="Predict(string, CancellationToken)" path="/exception"/>
    public IReadOnlyList<TextPrediction> Predict(
        IReadOnlyList<(string Text, string Pair)> pairs, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        return Predict(pairs.Select(PairInput).ToArray(), cancellation);
    }

    /// <summary>
    /// Predicts for a stream of texts in order, <see cref="PredictorOptions.Window"/> of them at a time: memory does
    /// not grow with the stream.
    /// </summary>
    /// <param name="texts">The texts, read as predictions are asked for.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="ArgumentException">A text is null.</exception>
    /// <inheritdoc cref="Predict(string, CancellationToken)" path="/exception"/>
    [OverloadResolutionPriority(1)] // An empty list is one of texts.
    public IEnumerable<TextPrediction> PredictStream(
        IEnumerable<string> texts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return PredictStream(texts.Select(Input), cancellation);
    }

    /// <summary>
    /// Predicts for a stream of texts in order. Whatever has arrived is answered before waiting for more; the model
    /// runs on the thread that asks for the next prediction.
    /// </summary>
    /// <param name="texts">The texts, such as lines of a socket or rows of a query.</param>
    /// <param name="cancellation">Stops between batches, and passes to the stream.</param>
    /// <exception cref="ArgumentException">A text is null.</exception>
    /// <inheritdoc cref="Predict(string, CancellationToken)" path="/exception"/>
    public IAsyncEnumerable<TextPrediction> PredictAsync(
        IAsyncEnumerable<string> texts, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return PredictAsync(texts.Select(Input), cancellation);
    }

    private static Example Input(string text, int index) => InputOf(text ?? throw MissingText(index), null);

    private static Example PairInput((string Text, string Pair) input, int index) =>
        InputOf(input.Text ?? throw MissingText(index), input.Pair ?? throw MissingText(index));

    private static Example InputOf(string text, string? pair) => new(text, pair, Label: null, Line: 0);

    private static ArgumentException MissingText(int index) =>
        new($"Text {index + 1} is null; expected a text, which may be empty.");
}
