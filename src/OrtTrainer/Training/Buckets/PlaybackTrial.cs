using System.Globalization;
using OrtTrainer.Common;
using OrtTrainer.Runtime;

namespace OrtTrainer.Training.Buckets;

/// <summary>
/// Decides for one bucket whether its passes are played back. The first pass runs directly, the second is recorded, and
/// the third runs both ways, whose losses must agree: what a recording keeps of the pass that it was made of would show
/// there. Where the mode is <see cref="RecordingMode.Auto"/>, both take turns from then on until each has
/// <see cref="Rounds"/> times, and playing back stays where its median is less by more than <see cref="Margin"/>.
/// </summary>
/// <param name="mode">Auto or on.</param>
/// <param name="tokens">Of the bucket, for messages.</param>
/// <param name="clock">Measures.</param>
internal sealed class PlaybackTrial(RecordingMode mode, int tokens, TimeProvider clock)
{
    /// <summary>Times of each way that are compared, an odd number.</summary>
    public const int Rounds = 5;

    /// <summary>The share of a direct run's time that playing back must save.</summary>
    public const double Margin = 0.03;

    /// <summary>How far two losses of one pass may lie apart, as a share of the larger.</summary>
    public const double Tolerance = 1e-4;

    private readonly List<double> _direct = [];
    private readonly List<double> _played = [];
    private int _runs;
    private bool _isDecided;

    /// <summary>Whether passes of this bucket are not played back any more.</summary>
    public bool IsOff { get; private set; }

    /// <summary>Runs a pass one way or the other; both give the same.</summary>
    /// <param name="direct">Runs it directly.</param>
    /// <param name="play">Records it or plays it back.</param>
    /// <param name="loss">The loss of the last run.</param>
    /// <returns>What was decided, in a sentence; null where nothing was.</returns>
    /// <exception cref="RunException">The mode is on, and playing back gives another loss.</exception>
    public string? Run(Action direct, Action play, Func<float> loss)
    {
        int run = _runs++;
        if (IsOff || run == 0)
        {
            direct();
            return null;
        }

        if (run == 2)
        {
            return Prove(direct, play, loss);
        }

        if (run == 1 || mode == RecordingMode.On || _isDecided)
        {
            play();
            return null;
        }

        bool plays = _played.Count < _direct.Count;
        long started = clock.GetTimestamp();
        (plays ? play : direct)();
        (plays ? _played : _direct).Add(clock.GetElapsedTime(started).TotalMilliseconds);
        return _played.Count == Rounds ? Decide() : null;
    }

    /// <summary>Gives up on playing back.</summary>
    public void TurnOff() => IsOff = true;

    private string? Prove(Action direct, Action play, Func<float> loss)
    {
        direct();
        float expected = loss();
        play();
        float actual = loss();
        if (!float.IsFinite(expected)
            || Math.Abs(actual - expected) <= Tolerance * Math.Max(Math.Abs(actual), Math.Abs(expected)))
        {
            return null;
        }

        IsOff = true;
        direct();
        string found = string.Create(
            CultureInfo.InvariantCulture,
            $"CUDA graphs: a batch of {tokens} tokens has loss {expected:G6} run directly and {actual:G6} played back");
        return mode == RecordingMode.Auto
            ? $"{found}: off."
            : throw new RunException($"{found}; its graph keeps what belongs to one batch. Leave --cuda-graphs out.");
    }

    private string Decide()
    {
        _isDecided = true;
        double direct = Middle(_direct), played = Middle(_played);
        IsOff = played >= direct * (1 - Margin);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"CUDA graphs: batches of {tokens} tokens take {played:0.000} ms played back and {direct:0.000} ms run ")
            + $"directly: {(IsOff ? "off" : "on")}.";
    }

    private static double Middle(List<double> times)
    {
        times.Sort();
        return times[Rounds / 2];
    }
}
