using System.Globalization;
using OrtTrainer.Common;

namespace OrtTrainer.Logging;

/// <summary>metrics.csv: a line per number, with its step and its name.</summary>
internal sealed class CsvLogger : RunLogger
{
    /// <summary>The file's name in the run's own folder.</summary>
    public const string FileName = "metrics.csv";

    private const string Head = "step,name,value";

    private readonly StreamWriter _writer;

    private CsvLogger(StreamWriter writer) => _writer = writer;

    /// <summary>Opens the file; of a run that is resumed, without the lines of what will be done again.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static RunLogger Open(LoggedRun run)
    {
        string path = Path.Combine(run.Folder, FileName);
        IEnumerable<string> kept = File.Exists(path)
            ? File.ReadLines(path).Skip(1).Where(line => IsKept(line, run))
            : [];
        AtomicFile.WriteText(path, string.Concat(kept.Prepend(Head).Select(line => line + "\n")));
        return new CsvLogger(new StreamWriter(path, append: true) { NewLine = "\n" });
    }

    public override void Write(long step, IReadOnlyList<LoggedValue> values)
    {
        foreach ((string name, double value) in values)
        {
            // Types of entities, which come from the data, are in names of scores; a line is one value.
            string field = CsvField.Of(name.ReplaceLineEndings(" "));
            _writer.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{step},{field},{value:R}"));
        }
    }

    public override void Flush() => _writer.Flush();

    public override void End(bool isDone) => _writer.Flush();

    public override void Dispose() => _writer.Dispose();

    /// <summary>False for a line that a killed process left unfinished, too.</summary>
    private static bool IsKept(string line, LoggedRun run)
    {
        int first = line.IndexOf(','), last = line.LastIndexOf(',');
        return first > 0 && last > first
            && long.TryParse(line[..first], CultureInfo.InvariantCulture, out long step)
            && double.TryParse(line[(last + 1)..], CultureInfo.InvariantCulture, out _)
            && run.Keeps(line[(first + 1)..last].Trim('"'), step);
    }
}
