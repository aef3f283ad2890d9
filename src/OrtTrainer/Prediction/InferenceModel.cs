using OrtTrainer.Common;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Prediction;

/// <summary>A model in memory: token ids in, outputs of its head out. Safe for use from several threads at
/// once.</summary>
internal abstract class InferenceModel : IDisposable
{
    protected InferenceModel(ModelHead head) => Head = head;

    /// <summary>What runs, in a few words.</summary>
    public abstract string Description { get; }

    /// <summary>Whether it answers for every token of an example that chooses some
    /// (<see cref="TokenizedExample.OutputTokens"/>).</summary>
    public abstract bool AnswersForAllTokens { get; }

    /// <summary>What gives the outputs.</summary>
    protected ModelHead Head { get; }

    /// <summary>Runs all examples and gives their outputs to a sink, a batch at a time.</summary>
    /// <param name="examples">The examples; batches are formed by length.</param>
    /// <param name="sink">Takes in the outputs.</param>
    /// <param name="tokensPerBatch">Roughly how many tokens run at once, padding included where there is any.</param>
    /// <param name="progress">Told after each batch how many examples are done; null for nobody.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <exception cref="RunException">The model gives another number of outputs per row.</exception>
    /// <exception cref="RuntimeFailureException">
    /// ONNX Runtime failed, as with ids the vocabulary does not have.
    /// </exception>
    /// <exception cref="ObjectDisposedException">This was disposed, perhaps while the call ran.</exception>
    public void Run(
        IReadOnlyList<TokenizedExample> examples, IOutputSink sink, int tokensPerBatch = 4096,
        IProgress<int>? progress = null, CancellationToken cancellation = default)
    {
        int done = 0;
        foreach (int[] indices in Batches(examples, OutputBatch.TokensAtOnce(Head.Outputs, tokensPerBatch)))
        {
            cancellation.ThrowIfCancellationRequested();
            RunBatch(examples, indices, sink);
            progress?.Report(done += indices.Length);
        }
    }

    /// <summary>Runs a data set and scores the outputs.</summary>
    /// <param name="task">What the outputs mean.</param>
    /// <param name="data">The examples, with labels.</param>
    /// <param name="metric">The metric that decides.</param>
    /// <param name="order">For each label of <paramref name="data"/>, its place among the outputs; null where both are
    /// in the same order.</param>
    /// <param name="tokensPerBatch">As for <see cref="Run"/>.</param>
    /// <param name="cancellation">Stops between batches.</param>
    /// <inheritdoc cref="Run" path="/exception"/>
    public EvaluationScores Score(
        ModelTask task, EncodedDataset data, Metric metric, IReadOnlyList<int>? order = null,
        int tokensPerBatch = 4096, CancellationToken cancellation = default)
    {
        EvaluationAccumulator outputs = task.Evaluate(data);
        IOutputSink sink = order is null ? outputs : new ReorderedOutputs(outputs, order);
        if (AnswersForAllTokens && data.Inputs.Count > 0 && data.Inputs[0].OutputTokens is not null)
        {
            sink = new ChosenRows(sink, data.Inputs);
        }

        Run(data.Inputs, sink, tokensPerBatch, cancellation: cancellation);
        return outputs.Score(metric);
    }

    /// <summary>Runs some examples as one batch.</summary>
    /// <param name="examples">The data set.</param>
    /// <param name="indices">Which of it, [B].</param>
    /// <param name="sink">Takes in their outputs.</param>
    /// <inheritdoc cref="Run" path="/exception"/>
    public abstract void RunBatch(
        IReadOnlyList<TokenizedExample> examples, ReadOnlySpan<int> indices, IOutputSink sink);

    public abstract void Dispose();

    /// <summary>The batches of a data set, of roughly so many tokens each.</summary>
    protected abstract IEnumerable<int[]> Batches(IReadOnlyList<TokenizedExample> examples, int tokens);
}
