using OrtTrainer;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Tasks;

namespace Examples;

/// <summary>Stops a run in the middle and goes on with it. Arguments: MODEL TRAIN OUTPUT.</summary>
public static class Resuming
{
    public static async Task Main(string[] args)
    {
        FineTuneOptions options = new()
        {
            Model = args[0],
            Data = new DataOptions { Train = args[1] },
            Output = args[2],
            MaxSteps = 8,
        };
        using CancellationTokenSource stop = new();
        try
        {
            await FineTuner.RunAsync(options, new StopAfter(3, stop), stop.Token);
        }
        catch (OperationCanceledException)
        {
            Console.WriteLine("Stopped, with a checkpoint.");
        }

        // The folder has the options too. The end is what it would have been without the stop, bit for bit.
        RunSummary summary = await FineTuner.ResumeAsync(options.Output);
        Console.WriteLine($"Done after {summary.Steps} steps.");
    }

    private sealed class StopAfter(long steps, CancellationTokenSource stop) : IProgress<RunEvent>
    {
        public void Report(RunEvent value)
        {
            if (value is RunEvent.Stepped { Report: { } step } && step.Step == steps)
            {
                stop.Cancel();
            }
        }
    }
}
