using Google.Protobuf;
using OrtTrainer.Logging.TensorBoard;
using OrtTrainer.Logging.TensorBoard.Messages;
using OrtTrainer.Tests.Checkpoints;

namespace OrtTrainer.Tests.Logging.TensorBoard;

public sealed class TensorBoardLoggerTests
{
    [Test]
    public void Events_are_those_of_the_reference_writer_but_for_their_times()
    {
        using MemoryStream reference = new(RecordFileTests.Golden());
        Event[] golden = [.. RecordFile.Read(reference).Select(Event.Parser.ParseFrom)];

        Assert.That(Timeless(TensorBoardLogger.FirstEvent(TimeProvider.System)), Is.EqualTo(Timeless(golden[0])));
        Assert.That(
            Timeless(TensorBoardLogger.TextEvent("config/text_summary", """{"lr": 1e-4}""", TimeProvider.System)),
            Is.EqualTo(Timeless(golden[^1])));
        using TemporaryFolder folder = new();
        using (TensorBoardLogger logger = TensorBoardLogger.Open(LoggedRuns.Of(folder.Path), TimeProvider.System))
        {
            logger.Write(10, [new("train/loss", 0.5)]);
        }

        Assert.That(Timeless(Read(folder)[^1]), Is.EqualTo(Timeless(golden[3])));
    }

    [Test]
    public void A_run_is_one_file_with_its_settings_steps_and_evaluations()
    {
        using TemporaryFolder folder = new();
        using (TensorBoardLogger logger = TensorBoardLogger.Open(LoggedRuns.Of(folder.Path), new Clock()))
        {
            LoggedRuns.WriteFour(logger);
        }

        Event[] events = Read(folder);
        Assert.That(events[0].FileVersion, Is.EqualTo("brain.Event:2"));
        Assert.That(events[0].WallTime, Is.EqualTo(1_795_000_000.5));
        Assert.That(
            events[1].Summary.Value[0].Tensor.StringVal[0].ToStringUtf8(), Does.Contain("| data.train | \"t.tsv\" |"));
        Assert.That(Series(events, "train/loss"), Is.EqualTo(new[] { (1L, 1f), (2, 0.5f), (3, 1 / 3f), (4, 0.25f) }));
        Assert.That(Series(events, "eval/live/accuracy"), Is.EqualTo(new[] { (2L, 0.25f), (4, 0.5f) }));
        Assert.That(
            Path.GetFileName(Directory.GetFiles(Path.Combine(folder.Path, "tensorboard")).Single()),
            Is.EqualTo("events.out.tfevents.1795000000.orttrainer"));
    }

    [Test]
    public void A_resumed_run_goes_on_with_the_file_and_doubles_no_step()
    {
        using TemporaryFolder folder = new();
        using (TensorBoardLogger first = TensorBoardLogger.Open(LoggedRuns.Of(folder.Path), new Clock()))
        {
            LoggedRuns.WriteFour(first);
        }

        // Killed within a record, after the checkpoint of step 3.
        string file = Directory.GetFiles(Path.Combine(folder.Path, "tensorboard")).Single();
        File.WriteAllBytes(file, File.ReadAllBytes(file)[..^2]);
        using (TensorBoardLogger second = TensorBoardLogger.Open(
            LoggedRuns.Of(folder.Path, step: 3, evaluatedStep: 2), TimeProvider.System))
        {
            second.Write(4, LoggedRuns.Loss(0.25));
            second.Write(4, LoggedRuns.Score(0.5));
            second.End(isDone: true);
        }

        Event[] events = Read(folder);
        Assert.That(Series(events, "train/loss").Select(point => point.Step), Is.EqualTo(new[] { 1, 2, 3, 4 }));
        Assert.That(Series(events, "eval/live/accuracy"), Is.EqualTo(new[] { (2L, 0.25f), (4, 0.5f) }));
        Assert.That(events.Count(e => e.FileVersion.Length > 0), Is.EqualTo(1));
    }

    internal static Event[] Read(TemporaryFolder folder)
    {
        using FileStream stream = File.OpenRead(Directory.GetFiles(Path.Combine(folder.Path, "tensorboard")).Single());
        return [.. RecordFile.Read(stream).Select(Event.Parser.ParseFrom)];
    }

    internal static IEnumerable<(long Step, float Value)> Series(IEnumerable<Event> events, string tag) =>
        from one in events
        where one.Summary is not null
        from value in one.Summary.Value
        where value.Tag == tag
        select (one.Step, value.SimpleValue);

    private static byte[] Timeless(Event one)
    {
        Event copy = one.Clone();
        copy.WallTime = 0;
        return copy.ToByteArray();
    }

    private sealed class Clock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => DateTimeOffset.FromUnixTimeMilliseconds(1_795_000_000_500);
    }
}
