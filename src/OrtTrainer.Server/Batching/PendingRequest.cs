using System.Diagnostics;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Server.Batching;

/// <summary>A request whose inputs wait for the model, or for the last of them to be answered.</summary>
internal sealed class PendingRequest
{
    private readonly TaskCompletionSource<TextPrediction[]> _done =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private readonly TextPrediction[] _answers;
    private int _missing;
    private volatile bool _isAbandoned;

    /// <param name="inputs">For each text its inputs, one or several windows; one text or more.</param>
    public PendingRequest(IReadOnlyList<TokenizedExample>[] inputs)
    {
        _answers = new TextPrediction[inputs.Length];
        _missing = inputs.Length;
        Texts = [.. inputs.Select((windows, index) => new PendingText(this, index, windows))];
    }

    /// <summary>Its texts, in order.</summary>
    public IReadOnlyList<PendingText> Texts { get; }

    /// <summary>When it was made, in ticks of <see cref="Stopwatch"/>.</summary>
    public long Made { get; } = Stopwatch.GetTimestamp();

    /// <summary>Whether nobody waits for its answers any more.</summary>
    public bool IsAbandoned => _isAbandoned || _done.Task.IsCompleted;

    /// <summary>The answers, in the order of the texts.</summary>
    public Task<TextPrediction[]> Answers => _done.Task;

    /// <summary>Says that nobody waits any more: texts that have not run will not.</summary>
    public void Abandon() => _isAbandoned = true;

    /// <summary>Takes in the answer of a text; from one thread at a time.</summary>
    public void Answer(int text, TextPrediction prediction)
    {
        _answers[text] = prediction;
        if (--_missing == 0)
        {
            _done.TrySetResult(_answers);
        }
    }

    /// <summary>Ends it without answers.</summary>
    public void Fail(Exception failure) => _done.TrySetException(failure);
}
