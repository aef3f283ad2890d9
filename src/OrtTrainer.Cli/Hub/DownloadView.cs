using System.Diagnostics;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Hub;

namespace OrtTrainer.Cli.Hub;

/// <summary>
/// Downloads on standard error, apart from results: a line that is written over where a person watches, else one every
/// few seconds and at the end.
/// </summary>
internal sealed class DownloadView(Terminal terminal) : IHubWatch
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ShortInterval = TimeSpan.FromSeconds(0.2);

    private readonly Stopwatch _sinceLine = new();
    private Stopwatch? _clock;
    private long _start;

    public void Report(HubProgress progress)
    {
        if (_clock is null)
        {
            (_clock, _start) = (Stopwatch.StartNew(), progress.Done);
            terminal.Error.WriteLine($"downloading {progress.Model} ({Figures.Bytes(progress.Total)})");
        }

        if (progress.IsFinished)
        {
            Write($"downloaded {progress.Model}: {Figures.Bytes(progress.Total)}{RateOf(progress.Total)}",
                isLast: true);
            _clock = null;
        }
        else if (!_sinceLine.IsRunning || _sinceLine.Elapsed >= (terminal.IsInteractive ? ShortInterval : Interval))
        {
            Write(LineOf(progress), isLast: false);
            _sinceLine.Restart();
        }
    }

    public void Note(string message) => terminal.Note(message);

    private string LineOf(HubProgress progress) => FormattableString.Invariant(
        $"{Math.Floor(100.0 * progress.Done / Math.Max(1, progress.Total))} %  ")
        + $"{Figures.Bytes(progress.Done)} of {Figures.Bytes(progress.Total)}{RateOf(progress.Done)}  {progress.File}";

    private string RateOf(long done) => _clock!.Elapsed.TotalSeconds is > 0.1 and var seconds && done > _start
        ? FormattableString.Invariant($", {(done - _start) / seconds / 1e6:0.0} MB/s")
        : "";

    private void Write(string line, bool isLast)
    {
        if (!terminal.IsInteractive)
        {
            terminal.Error.WriteLine(line);
            return;
        }

        string cut = line.Length < terminal.Width ? line.PadRight(terminal.Width - 1) : line[..(terminal.Width - 1)];
        terminal.Error.Write("\r" + cut + (isLast ? Environment.NewLine : ""));
    }
}
