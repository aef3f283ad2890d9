using System.Globalization;
using Google.Protobuf;
using OrtTrainer.Common;
using OrtTrainer.Logging.TensorBoard.Messages;

namespace OrtTrainer.Logging.TensorBoard;

/// <summary>
/// TensorBoard's event files: <c>tensorboard/events.out.tfevents.…</c>, one per run, which a run that is resumed goes
/// on with.
/// </summary>
internal sealed class TensorBoardLogger : RunLogger
{
    /// <summary>The folder below the run's own.</summary>
    public const string FolderName = "tensorboard";

    private const string FilePrefix = "events.out.tfevents.";
    private const string Version = "brain.Event:2";
    private const string SettingsTag = "settings/text_summary";
    private const int TextType = 7;

    private readonly FileStream _stream;
    private readonly TimeProvider _clock;

    private TensorBoardLogger(FileStream stream, TimeProvider clock) => (_stream, _clock) = (stream, clock);

    /// <summary>Opens the file; of a run that is resumed, without the events of what will be done again.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static RunLogger Open(LoggedRun run) => Open(run, TimeProvider.System);

    /// <inheritdoc cref="Open(LoggedRun)"/>
    internal static TensorBoardLogger Open(LoggedRun run, TimeProvider clock)
    {
        string folder = Path.Combine(run.Folder, FolderName);
        Directory.CreateDirectory(folder);
        string? old = Directory.EnumerateFiles(folder, FilePrefix + "*").Order(StringComparer.Ordinal).FirstOrDefault();
        string path = old ?? Path.Combine(folder, string.Create(
            CultureInfo.InvariantCulture, $"{FilePrefix}{clock.GetUtcNow().ToUnixTimeSeconds():D10}.orttrainer"));
        Event[] kept = old is null ? [] : [.. Kept(old, run)];
        AtomicFile.Write(path, stream =>
        {
            foreach (Event one in kept.Length > 0 ? kept : [FirstEvent(clock), SettingsEvent(run, clock)])
            {
                RecordFile.Write(stream, one.ToByteArray());
            }
        });
        return new TensorBoardLogger(
            new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read), clock);
    }

    public override void Write(long step, IReadOnlyList<LoggedValue> values)
    {
        Summary summary = new();
        summary.Value.AddRange(values.Select(value =>
            new Summary.Types.Value { Tag = value.Name, SimpleValue = (float)value.Value }));
        Event one = new() { WallTime = Seconds(_clock), Step = step, Summary = summary };
        RecordFile.Write(_stream, one.ToByteArray());
    }

    public override void Flush() => _stream.Flush();

    public override void End(bool isDone) => _stream.Flush();

    public override void Dispose() => _stream.Dispose();

    // An event has the numbers of one step or of one evaluation, never of both.
    private static IEnumerable<Event> Kept(string path, LoggedRun run)
    {
        using FileStream stream = File.OpenRead(path);
        foreach (byte[] record in RecordFile.Read(stream))
        {
            Event one = Event.Parser.ParseFrom(record);
            string name = one.Summary is { Value: [var first, ..] } ? first.Tag : "";
            if (name.Length == 0 || name == SettingsTag || run.Keeps(name, one.Step))
            {
                yield return one;
            }
        }
    }

    /// <summary>What every file begins with.</summary>
    internal static Event FirstEvent(TimeProvider clock) => new()
    {
        WallTime = Seconds(clock),
        FileVersion = Version,
        SourceMetadata = new SourceMetadata { Writer = "tensorboard.summary.writer.event_file_writer" },
    };

    /// <summary>A text as TensorBoard's text page shows it.</summary>
    internal static Event TextEvent(string tag, string text, TimeProvider clock) => new()
    {
        WallTime = Seconds(clock),
        Summary = new Summary
        {
            Value =
            {
                new Summary.Types.Value
                {
                    Tag = tag,
                    Tensor = new TensorProto
                    {
                        Dtype = TextType,
                        TensorShape = new TensorShapeProto { Dim = { new TensorShapeProto.Types.Dim { Size = 1 } } },
                        StringVal = { ByteString.CopyFromUtf8(text) },
                    },
                    Metadata = new SummaryMetadata
                    {
                        PluginData = new SummaryMetadata.Types.PluginData { PluginName = "text" },
                    },
                },
            },
        },
    };

    private static Event SettingsEvent(LoggedRun run, TimeProvider clock) => TextEvent(
        SettingsTag,
        "| setting | value |\n| --- | --- |\n"
            + string.Concat(run.Settings.Select(setting =>
                $"| {setting.Key} | {setting.Value.Replace("|", "\\|", StringComparison.Ordinal)} |\n")),
        clock);

    private static double Seconds(TimeProvider clock) =>
        (clock.GetUtcNow() - DateTimeOffset.UnixEpoch).TotalSeconds;
}
