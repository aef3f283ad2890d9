using System.Diagnostics;
using OrtTrainer.Server.Monitoring;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Server.Batching;

/// <summary>Runs the model on what waits, batch by batch, on a thread of its own.</summary>
internal sealed class PredictionRunner : IDisposable
{
    private readonly Func<IReadOnlyList<TokenizedExample>[], TextPrediction[]> _model;
    private readonly BatchQueue _queue;
    private readonly ServingMetrics _metrics;
    private readonly Thread _thread;

    /// <param name="model">Answers the inputs of some texts.</param>
    /// <param name="queue">What waits.</param>
    /// <param name="metrics">Counts.</param>
    public PredictionRunner(
        Func<IReadOnlyList<TokenizedExample>[], TextPrediction[]> model, BatchQueue queue, ServingMetrics metrics)
    {
        (_model, _queue, _metrics) = (model, queue, metrics);
        _thread = new Thread(Run) { IsBackground = true, Name = "OrtTrainer model" };
        _thread.Start();
    }

    /// <summary>Ends the thread once what waits has run.</summary>
    public void Dispose()
    {
        _queue.Close();
        _thread.Join();
    }

    private void Run()
    {
        while (_queue.Take() is { } batch)
        {
            long started = Stopwatch.GetTimestamp();
            foreach (PendingText text in batch)
            {
                _metrics.Waited(text.Request.Made, started);
            }

            Answer(batch);
            _metrics.Ran(batch.Count, batch.Sum(text => text.Tokens), started);
        }
    }

    private void Answer(IReadOnlyList<PendingText> batch)
    {
        TextPrediction[] answers;
        try
        {
            answers = _model([.. batch.Select(text => text.Inputs)]);
        }
        catch (Exception) when (batch.Any(text => text.Request != batch[0].Request))
        {
            // One request's failure is not to be another's: each runs alone.
            foreach (IGrouping<PendingRequest, PendingText> one in batch.GroupBy(text => text.Request))
            {
                Answer([.. one]);
            }

            return;
        }
        catch (Exception failure)
        {
            batch[0].Request.Fail(failure);
            return;
        }

        for (int i = 0; i < answers.Length; i++)
        {
            batch[i].Request.Answer(batch[i].Index, answers[i]);
        }
    }
}
