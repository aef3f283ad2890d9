using System.Diagnostics;
using System.Globalization;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Studies;
using OrtTrainer.Tests.Checkpoints.OnDevice;
using OrtTrainer.Tests.Distributed;
using OrtTrainer.Tests.Models;
using OrtTrainer.Tests.OnDevice;
using OrtTrainer.Tests.Packs;
using OrtTrainer.Tests.Studies;
using OrtTrainer.Tests.Studies.Slurm;

namespace OrtTrainer.Tests.Runs;

/// <summary>
/// A run in a process of its own, which a test can kill. The process is this assembly, given options to run.
/// </summary>
internal sealed class ChildRun : IDisposable
{
    private readonly Process _process;

    private ChildRun(Process process) => _process = process;

    /// <summary>Runs the options file given, and prints a line per step.</summary>
    public static int Main(string[] arguments)
    {
        if (arguments is [ChildStudy.WorkerWord])
        {
            return StudyWorker.RunAsync(Console.In, Console.Out).GetAwaiter().GetResult();
        }

        if (arguments is [MpiRun.Word, .. string[] command])
        {
            return MpiRun.Main(command);
        }

        if (arguments is [ChildStudy.StudyWord, string studyFile, string output])
        {
            return ChildStudy.Run(studyFile, output);
        }

        if (arguments is [StandInRun.Word, string library, string log, .. string[] words])
        {
            return StandInRun.Main(library, log, words);
        }

        if (arguments is [GoldenDevice.Word, string device, string seconds])
        {
            return GoldenDevice.Run(device, double.Parse(seconds, CultureInfo.InvariantCulture));
        }

        if (arguments is [ChildCheckpoints.Word, string checkpoint])
        {
            return ChildCheckpoints.WriteForever(checkpoint);
        }

        if (arguments is [ChildPack.Word, string pack, string train, string trained])
        {
            return ChildPack.Run(pack, train, trained);
        }

        if (ChildCluster.Run(arguments) is { } code)
        {
            return code;
        }

        if (arguments is not [string optionsFile])
        {
            Console.Error.WriteLine("Expected the path of an options file. To run the tests: dotnet test.");
            return 2;
        }

        EventList events = new(e =>
        {
            if (e is RunEvent.Stepped step)
            {
                Console.WriteLine(step.Report.Step);
            }
        });
        TinyTask.Run(FineTuneOptions.Read(optionsFile), events);
        return 0;
    }

    public static ChildRun Start(string optionsFile)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        ProcessStartInfo start = new(host, ["exec", typeof(ChildRun).Assembly.Location, optionsFile])
        {
            RedirectStandardOutput = true,
        };
        return new ChildRun(Process.Start(start)!);
    }

    /// <summary>Waits until the run is at this step, and then some time; false if it ended before.</summary>
    public bool WaitForStep(long step, TimeSpan more)
    {
        while (_process.StandardOutput.ReadLine() is { } line)
        {
            if (long.TryParse(line, out long done) && done >= step)
            {
                Thread.Sleep(more);
                return !_process.HasExited;
            }
        }

        return false;
    }

    /// <summary>kill -9.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
