using OrtTrainer.Cli.Arguments;
using OrtTrainer.Common;
using OrtTrainer.Distributed;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Runtime.Distributed;

namespace OrtTrainer.Cli.Commands;

/// <summary>Runs that share their steps with the other processes of <c>mpirun</c>.</summary>
internal static class RankedRun
{
    private const string Mpi = "mpi";

    /// <summary>Refuses a command that mpirun started several times and that would not share anything.</summary>
    public static void RequireAlone()
    {
        if (MpiRanks.CountStarted > 1)
        {
            throw new UsageException($"mpirun started {MpiRanks.CountStarted} processes that would all do the same; " +
                $"add --distributed {Mpi} to share the run, or leave mpirun out.");
        }
    }

    /// <summary>Joins the processes that mpirun started.</summary>
    /// <param name="word">The value of <c>--distributed</c>.</param>
    /// <exception cref="UsageException">There is no such kind of ranks.</exception>
    /// <exception cref="RunException">MPI cannot be used here.</exception>
    public static RankGroup Join(string word)
    {
        if (!string.Equals(word, Mpi, StringComparison.OrdinalIgnoreCase))
        {
            throw new UsageException($"--distributed is {word}; expected {Mpi}.");
        }

        try
        {
            return MpiRanks.Join();
        }
        catch (NotSupportedException cause)
        {
            throw new RunException(cause.Message, cause);
        }
    }

    /// <summary>What <c>--exchange</c> asks for.</summary>
    /// <exception cref="UsageException">There is no such way, or there are no ranks.</exception>
    public static BufferPath PathOf(IRunArguments arguments)
    {
        string? word = arguments.Exchange;
        if (word is not null && arguments.Distributed is null)
        {
            throw new UsageException(
                $"--exchange is how ranks send; add --distributed {Mpi}, or leave --exchange out.");
        }

        return word?.ToLowerInvariant() switch
        {
            null or "auto" => BufferPath.Auto,
            "nccl" => BufferPath.Nccl,
            "host" => BufferPath.Host,
            _ => throw new UsageException($"--exchange is {word}; expected auto, nccl or host."),
        };
    }

    /// <summary>Threads of each rank where nobody says how many: the ranks of a machine share its processors.</summary>
    public static int Threads(RankGroup ranks) => Math.Max(1, Environment.ProcessorCount / ranks.CountHere);

    /// <summary>Runs with the other ranks.</summary>
    /// <param name="ranks">The ranks.</param>
    /// <param name="start">Gives the options; called on the first rank alone.</param>
    /// <param name="watch">Makes who is told what happens; called on the first rank alone.</param>
    /// <param name="path">How buffers of devices go from rank to rank.</param>
    /// <param name="terminal">Where a rank other than the first reports its own failure.</param>
    /// <param name="interruption">Asks to end early.</param>
    /// <returns>Null on the first rank, where the run ended well; the exit code of any other.</returns>
    public static int? Run(
        RankGroup ranks, Func<RankedStart> start, Func<FineTuneOptions, IProgress<RunEvent>> watch,
        BufferPath path, Terminal terminal, CancellationToken interruption)
    {
        try
        {
            _ = FineTuner.RunRanks(ranks, start, Threads(ranks), watch, interruption, path);
            return ranks.IsFirst ? null : ExitCode.Done;
        }
        catch (RankLostException lost)
        {
            // The other ranks wait for this one, and nothing else would end them.
            terminal.Error.WriteLine(FormattableString.Invariant($"rank {ranks.Rank} on {ranks.Place}:"));
            int code = ErrorReport.Print(lost.InnerException!, terminal.Error, verbose: false);
            terminal.Error.Flush();
            ranks.Abort(code);
            return code;
        }
        catch (RankStoppedException)
        {
            return ExitCode.Failed;
        }
    }
}
