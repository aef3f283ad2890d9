using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Prediction;
using OrtTrainer.Server.Batching;
using OrtTrainer.Server.Monitoring;
using OrtTrainer.Server.Requests;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Server;

/// <summary>
/// A predictor that answers requests: texts become tokens on the thread of the request, and wait for the model
/// together with those of others.
/// </summary>
internal sealed class ServedModel : IDisposable
{
    private readonly BatchQueue _queue;
    private readonly PredictionRunner _runner;

    /// <param name="predictor">The model; disposed by whoever made it.</param>
    /// <param name="options">Limits.</param>
    /// <param name="answer">Answers inputs in the predictor's place; null for the predictor itself.</param>
    /// <exception cref="RunException">The task's inputs cannot be sent as JSON.</exception>
    public ServedModel(
        Predictor predictor, ServingOptions options,
        Func<IReadOnlyList<TokenizedExample>[], TextPrediction[]>? answer = null)
    {
        if (predictor.Task.InputSchema is null)
        {
            throw new RunException(
                $"The model's task is {predictor.Task}, whose inputs are files; a server would read any file it is " +
                "told to. Use predict.");
        }

        (Predictor, Options) = (predictor, options);
        _queue = new BatchQueue(options.QueueTexts, new BatchFormer(options.TokensPerBatch, predictor.IsPadded));
        _runner = new PredictionRunner(answer ?? (inputs => predictor.Answer(inputs)), _queue, Metrics);
    }

    /// <summary>The model.</summary>
    public Predictor Predictor { get; }

    /// <summary>Limits.</summary>
    public ServingOptions Options { get; }

    /// <summary>What is counted.</summary>
    public ServingMetrics Metrics { get; } = new();

    /// <summary>How many texts wait.</summary>
    public int Waiting => _queue.Count;

    /// <summary>Whether new requests are welcome; false from the moment on that the server is to stop.</summary>
    public bool IsReady { get; private set; } = true;

    /// <summary>
    /// Runs the model once, so that no client waits for what the runtime does at the first run, and a model that cannot
    /// run ends the start.
    /// </summary>
    /// <exception cref="RunException">The model gives outputs that are no numbers, or too few or many.</exception>
    public void WarmUp()
    {
        bool isPair = Predictor.Task.InputSchema!["required"]!.AsArray().Count > 1;
        _ = Predictor.Answer([Predictor.Encode(new Example("a", isPair ? "a" : null))]);
    }

    /// <summary>Tells load balancers to send no more; requests that come all the same are still answered.</summary>
    public void Retire() => IsReady = false;

    /// <summary>Answers inputs.</summary>
    /// <param name="examples">One or more.</param>
    /// <param name="cancellation">Ends the wait; inputs that have not run by then will not.</param>
    /// <exception cref="RefusedRequestException">The queue is full, or the task cannot read an input.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    public async Task<TextPrediction[]> PredictAsync(
        IReadOnlyList<Example> examples, CancellationToken cancellation)
    {
        if (!_queue.HasRoomFor(examples.Count))
        {
            throw Full();
        }

        PendingRequest request = new(Encode(examples, cancellation));
        if (!_queue.TryAdd(request))
        {
            throw Full();
        }

        try
        {
            return await request.Answers.WaitAsync(cancellation);
        }
        finally
        {
            request.Abandon();
        }
    }

    public void Dispose()
    {
        Retire();
        _runner.Dispose();
    }

    private IReadOnlyList<TokenizedExample>[] Encode(IReadOnlyList<Example> examples, CancellationToken cancellation)
    {
        var inputs = new IReadOnlyList<TokenizedExample>[examples.Count];
        for (int i = 0; i < inputs.Length; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                inputs[i] = Predictor.Encode(examples[i]);
            }
            catch (Exception refused) when (refused is RunException or ArgumentException)
            {
                string place = inputs.Length > 1 ? $"{PredictRequest.Inputs}[{i}]: " : "";
                throw RefusedRequestException.Malformed(place + refused.Message.Split(" (Parameter ")[0]);
            }
        }

        return inputs;
    }

    private RefusedRequestException Full() => new(
        503, "queue_full", $"{Waiting} texts wait for the model already, of at most {Options.QueueTexts}. Try again.")
    {
        RetryAfter = RetryAfter(),
    };

    // What waits, at the pace of the batches so far.
    private int RetryAfter()
    {
        double seconds = Metrics.ModelSeconds.Read().Sum;
        double pace = seconds > 0 ? Metrics.Texts / seconds : double.PositiveInfinity;
        return (int)Math.Clamp(Math.Ceiling(Waiting / pace), 1, 60);
    }
}
