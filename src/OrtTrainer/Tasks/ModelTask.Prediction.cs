using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks;

/// <summary>From outputs to what a user reads.</summary>
public abstract partial class ModelTask
{
    /// <summary>The outputs of a model in words, such as "3 labels".</summary>
    internal virtual string DescribeOutputs(int outputs) => $"{outputs} labels";

    /// <summary>What the outputs for one input say.</summary>
    /// <param name="input">The input.</param>
    /// <param name="outputs">Its outputs: [rows, K].</param>
    /// <param name="labels">The model's labels, in its order.</param>
    /// <param name="options">What decides where outputs alone do not.</param>
    /// <exception cref="RunException">An output is NaN.</exception>
    internal TextPrediction Decode(
        TokenizedExample input, ReadOnlySpan<float> outputs, IReadOnlyList<string> labels, DecodingOptions options)
    {
        RequireNumbers(outputs);
        return Read(input, outputs, labels, options);
    }

    /// <summary>What the outputs for the windows of one example say together.</summary>
    /// <param name="windows">Its inputs, two or more.</param>
    /// <param name="outputs">The outputs of each: [rows, K].</param>
    /// <param name="labels">The model's labels, in its order.</param>
    /// <param name="options">What decides where outputs alone do not.</param>
    /// <exception cref="RunException">An output is NaN.</exception>
    internal TextPrediction Decode(
        IReadOnlyList<TokenizedExample> windows, IReadOnlyList<float[]> outputs, IReadOnlyList<string> labels,
        DecodingOptions options)
    {
        foreach (float[] some in outputs)
        {
            RequireNumbers(some);
        }

        return ReadWindows(windows, outputs, labels, options);
    }

    /// <summary>What a path is for a prediction, where it is no table of inputs; null where it is one.</summary>
    internal virtual IEnumerable<Example>? InputsAt(string path) => null;

    /// <summary>Writes a prediction as properties of a JSON object.</summary>
    /// <param name="json">Inside an object.</param>
    /// <param name="prediction">What was decoded.</param>
    /// <param name="labels">The model's labels, in its order.</param>
    internal abstract void Write(Utf8JsonWriter json, TextPrediction prediction, IReadOnlyList<string> labels);

    /// <summary>What the outputs for one input say; no output is NaN.</summary>
    private protected abstract TextPrediction Read(
        TokenizedExample input, ReadOnlySpan<float> outputs, IReadOnlyList<string> labels, DecodingOptions options);

    /// <summary>What the windows of one example say together; no output is NaN.</summary>
    /// <exception cref="NotSupportedException">The task has none; see <see cref="ReadsInWindows"/>.</exception>
    private protected virtual TextPrediction ReadWindows(
        IReadOnlyList<TokenizedExample> windows, IReadOnlyList<float[]> outputs, IReadOnlyList<string> labels,
        DecodingOptions options) => throw new NotSupportedException($"{Name} reads an example as one input.");

    /// <summary>Writes a score for each label.</summary>
    private protected static void WriteScores(
        Utf8JsonWriter json, IReadOnlyList<string> labels, IReadOnlyList<float> scores)
    {
        json.WriteStartObject("scores");
        for (int i = 0; i < labels.Count; i++)
        {
            json.WriteNumber(labels[i], scores[i]);
        }

        json.WriteEndObject();
    }

    private static void RequireNumbers(ReadOnlySpan<float> outputs)
    {
        foreach (float output in outputs)
        {
            if (float.IsNaN(output))
            {
                throw new RunException(
                    "The model gave a logit that is no number (NaN). Its weights are damaged, or training diverged: " +
                    "look for NaN among them, or train again with a smaller learning rate.");
            }
        }
    }
}
