using System.Diagnostics;
using System.Globalization;
using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Options;
using OrtTrainer.Text;

namespace OrtTrainer.Studies.Slurm;

/// <summary>The other end of the engine: does one run inside a job, and says in a file how far it is.</summary>
internal sealed class JobWorker
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly string _options;
    private readonly string _file;
    private readonly Lock _writing = new();
    private long _written;
    private JobState _state;

    /// <param name="options">The file with the options of the run.</param>
    public JobWorker(string options)
    {
        (_options, _file) = (options, JobArray.StateFileOf(options));
        _state = new JobState
        {
            Job = Variable("SLURM_JOB_ID"),
            Node = Variable("SLURMD_NODENAME") is { Length: > 0 } node ? node : Environment.MachineName,
            Restarts = int.TryParse(Variable("SLURM_RESTART_COUNT"), NumberStyles.None, CultureInfo.InvariantCulture,
                out int restarts) ? restarts : 0,
            Phase = JobPhase.Running,
        };
    }

    /// <summary>Does the run.</summary>
    /// <param name="cancellation">Ends it after its current step with a checkpoint.</param>
    /// <returns>The exit code of the job: 0 done, 1 failed, 130 stopped.</returns>
    /// <exception cref="IOException">The folder of the array can no longer be written.</exception>
    public async Task<int> RunAsync(CancellationToken cancellation)
    {
        Write(_state);
        try
        {
            await new InProcessWorker().RunAsync(FineTuneOptions.Read(_options), Tell, cancellation);
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            Write(_state with { Phase = JobPhase.Stopped });
            return StudyWorker.Interrupted;
        }
        catch (Exception failure)
        {
            // For the log: where it happened.
            Console.Error.WriteLine(failure);
            Write(_state with { Phase = JobPhase.Failed, Failure = failure.Message, MayPass = MayPass(failure) });
            return 1;
        }

        Write(_state with { Phase = JobPhase.Done });
        return 0;
    }

    /// <summary>Whether another job may get further: options and data that are refused are refused again.</summary>
    private static bool MayPass(Exception failure) => failure switch
    {
        StudyException refused => refused.MayPass,
        OrtTrainerException or ArgumentException or InvalidDataException or GraphException or TruncationException
            or FileNotFoundException or DirectoryNotFoundException => false,
        _ => true,
    };

    private static string Variable(string name) => Environment.GetEnvironmentVariable(name) ?? "";

    private void Tell(WorkerLine line)
    {
        lock (_writing)
        {
            _state = _state with
            {
                Step = line.Step ?? _state.Step,
                TotalSteps = line.TotalSteps ?? _state.TotalSteps,
                Notes = line.Note is { } note ? [.. _state.Notes, note] : _state.Notes,
            };
            if (_written == 0 || Stopwatch.GetElapsedTime(_written) >= Interval)
            {
                _written = Stopwatch.GetTimestamp();
                TryWrite();
            }
        }
    }

    /// <summary>A folder that is out of reach for a moment ends no run; its own files and the last word do.</summary>
    private void TryWrite()
    {
        try
        {
            Write(_state);
        }
        catch (IOException)
        {
        }
    }

    private void Write(JobState state)
    {
        lock (_writing)
        {
            state.Write(_file);
        }
    }
}
