using OrtTrainer.Common;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Buckets;

namespace OrtTrainer.Tests.Training.Buckets;

/// <summary>Which way passes of a bucket run, by a clock that goes as it is told.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class PlaybackTrialTests
{
    private const int Warmup = 3;

    private readonly TestClock _clock = new();
    private readonly List<char> _ways = [];
    private float _directLoss = 0.5f;
    private float _playedLoss = 0.5f;
    private float _loss;

    [TestCase(10, 9, "on", 'p')]
    [TestCase(10, 9.8, "off", 'd')]
    [TestCase(10, 12, "off", 'd')]
    public void Auto_plays_back_where_that_is_faster_by_the_margin(
        double direct, double played, string word, char wayAfter)
    {
        List<string> decisions = Run(RecordingMode.Auto, 20, _ => direct, _ => played);

        Assert.That(decisions, Is.EqualTo(new[]
        {
            FormattableString.Invariant(
                $"CUDA graphs: batches of 640 tokens take {played:0.000} ms played back and {direct:0.000} ms run ")
            + $"directly: {word}.",
        }));
        Assert.That(string.Concat(_ways), Is.EqualTo("dpdp" + "dpdpdpdpdp" + new string(wayAfter, 7)));
    }

    [Test]
    public void A_few_disturbed_times_decide_nothing()
    {
        List<string> decisions = Run(
            RecordingMode.Auto, Warmup + (2 * PlaybackTrial.Rounds), run => run < 8 ? 4 : 100,
            run => run < 8 ? 100 : 3.5);

        Assert.That(decisions.Single(), Does.EndWith("3.500 ms played back and 4.000 ms run directly: on."));
    }

    [Test]
    public void On_plays_back_whatever_it_takes()
    {
        Assert.That(Run(RecordingMode.On, 20, _ => 1, _ => 5), Is.Empty);
        Assert.That(string.Concat(_ways), Is.EqualTo("dpdp" + new string('p', 17)));
    }

    [Test]
    public void A_loss_that_is_another_played_back_turns_it_off()
    {
        _playedLoss = 0.501f;

        List<string> decisions = Run(RecordingMode.Auto, 6, _ => 2, _ => 1);

        Assert.That(decisions, Is.EqualTo(new[]
        {
            "CUDA graphs: a batch of 640 tokens has loss 0.5 run directly and 0.501 played back: off.",
        }));
        Assert.That(string.Concat(_ways), Is.EqualTo("dpdpd" + "ddd"));
        Assert.That(_loss, Is.EqualTo(_directLoss), "the last run is the direct one");
    }

    [Test]
    public void On_ends_with_it()
    {
        _playedLoss = 0.501f;

        Assert.That(
            () => Run(RecordingMode.On, 6, _ => 2, _ => 1),
            Throws.InstanceOf<RunException>().With.Message.Contains("Leave --cuda-graphs out"));
    }

    [Test]
    public void Rounding_is_no_other_loss()
    {
        (_directLoss, _playedLoss) = (0.5f, 0.50001f);

        Assert.That(Run(RecordingMode.On, 6, _ => 2, _ => 1), Is.Empty);
    }

    private List<string> Run(
        RecordingMode mode, int passes, Func<int, double> direct, Func<int, double> played)
    {
        PlaybackTrial trial = new(mode, 640, _clock);
        List<string> decisions = [];
        for (int pass = 0; pass < passes; pass++)
        {
            int run = pass;
            string? decision = trial.Run(
                () => Way('d', _directLoss, direct(run)), () => Way('p', _playedLoss, played(run)), () => _loss);
            if (decision is not null)
            {
                decisions.Add(decision);
            }
        }

        return decisions;
    }

    private void Way(char way, float loss, double milliseconds)
    {
        _ways.Add(way);
        _loss = loss;
        _clock.Milliseconds += milliseconds;
    }

    private sealed class TestClock : TimeProvider
    {
        public double Milliseconds { get; set; }

        public override long TimestampFrequency => 1_000_000;

        public override long GetTimestamp() => (long)Math.Round(Milliseconds * 1000);
    }
}
