using OrtTrainer.Runs;

namespace OrtTrainer.Cli.Rendering;

/// <summary>The latest step, written by the thread that trains and read by the one that draws.</summary>
internal sealed class RunReadings
{
    private volatile RunEvent.Stepped? _last;

    public RunEvent.Stepped? Last
    {
        get => _last;
        set => _last = value;
    }
}
