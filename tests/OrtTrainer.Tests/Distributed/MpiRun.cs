using System.Diagnostics;
using OrtTrainer.Cli;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Runs;
using OrtTrainer.Tests.Runtime.Cuda;
using OrtTrainer.Tests.Runtime.Cuda.Nccl;

namespace OrtTrainer.Tests.Distributed;

/// <summary>A command line of this program that Open MPI's mpirun starts several times.</summary>
internal sealed class MpiRun : IDisposable
{
    public const string Word = "command";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private MpiRun(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Runs a command line, in a process of its own.</summary>
    public static int Main(string[] arguments)
    {
        Device.Unlisted = SimulatedDevice.Instance;
        SimulatedDevice.Instance.HasNccl = Environment.GetEnvironmentVariable(StandInNccl.Variable) is not null;
        return CliApp.RunAsync(arguments, Terminal.OfProcess()).GetAwaiter().GetResult();
    }

    /// <summary>Skips the test where there is no mpirun.</summary>
    public static void Require()
    {
        string[] folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, "mpirun"))))
        {
            Assert.Ignore("mpirun is not installed (Debian: apt install openmpi-bin).");
        }
    }

    public static MpiRun Start(int ranks, params IEnumerable<string> arguments) =>
        Start(ranks, new Dictionary<string, string>(), arguments);

    /// <summary>Starts with some variables in the environment of the ranks.</summary>
    public static MpiRun Start(
        int ranks, IReadOnlyDictionary<string, string> environment, params IEnumerable<string> arguments)
    {
        string host = Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet";
        ProcessStartInfo start = new(
            "mpirun",
            [
                "-n", $"{ranks}", "--oversubscribe", "--bind-to", "none", host, "exec",
                typeof(ChildRun).Assembly.Location, Word, .. arguments,
            ])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };

        // Containers run tests as root, which mpirun wants to be told.
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1";
        start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
        start.Environment["OMPI_MCA_btl_base_warn_component_unused"] = "0";
        foreach ((string name, string value) in environment)
        {
            start.Environment[name] = value;
        }

        return new MpiRun(Process.Start(start)!);
    }

    /// <summary>The processes of the ranks, as far as they have begun.</summary>
    public IReadOnlyList<int> Ranks()
    {
        List<int> ranks = [];
        foreach (string folder in Directory.EnumerateDirectories("/proc").Where(f => int.TryParse(f[6..], out _)))
        {
            try
            {
                string status = File.ReadAllText(Path.Combine(folder, "status"));
                if (status.Contains($"PPid:\t{_process.Id}\n", StringComparison.Ordinal))
                {
                    ranks.Add(int.Parse(folder[6..], System.Globalization.CultureInfo.InvariantCulture));
                }
            }
            catch (IOException)
            {
                // It ended in between.
            }
        }

        return ranks;
    }

    /// <summary>Waits for the end.</summary>
    public (int Code, string Output, string Error) Wait()
    {
        if (!_process.WaitForExit(Patience))
        {
            _process.Kill(entireProcessTree: true);
            Assert.Fail($"mpirun was not done after {Patience}: {_error.Result}");
        }

        return (_process.ExitCode, _output.Result, _error.Result);
    }

    public bool HasEnded => _process.HasExited;

    public void Dispose() => _process.Dispose();
}
