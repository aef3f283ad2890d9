using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Common;
using OrtTrainer.Distributed;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Distributed;
using OrtTrainer.Training;

namespace OrtTrainer;

/// <content>
/// Runs that several processes share. The first rank is the run as it is without the others: it evaluates, writes and
/// decides when to end. The others prepare the same run and do what the first one tells them.
/// </content>
public sealed partial class FineTuner
{
    /// <summary>Runs together with other ranks; every rank calls it.</summary>
    /// <param name="ranks">The ranks, two or more. Not disposed here.</param>
    /// <param name="start">Gives the options of a new run, or of the run to resume; called on the first rank alone.
    /// </param>
    /// <param name="threads">Threads of this rank in a run that is resumed.</param>
    /// <param name="watch">Makes who is told what happens; called on the first rank alone.</param>
    /// <param name="cancellation">Ends the run after the current step, with a checkpoint; the first rank's
    /// counts.</param>
    /// <param name="path">How buffers of devices go from rank to rank; the same on every rank.</param>
    /// <returns>The summary on the first rank, which is as it is of one process; null on the others.</returns>
    /// <exception cref="RankStoppedException">Another rank ended the run.</exception>
    /// <exception cref="RankLostException">This rank failed within a step, or while buffers were sent: the others must
    /// be ended.</exception>
    /// <exception cref="RunException">The run cannot be shared, or the ranks do not agree.</exception>
    /// <exception cref="DeviceException">Buffers cannot go from rank to rank as was asked for.</exception>
    internal static RunSummary? RunRanks(
        RankGroup ranks, Func<RankedStart> start, int threads, Func<FineTuneOptions, IProgress<RunEvent>> watch,
        CancellationToken cancellation, BufferPath path = BufferPath.Auto)
    {
        (FineTuneOptions options, bool resumes) = Agree(ranks, start, threads);
        IProgress<RunEvent>? told = ranks.IsFirst ? watch(options) : null;
        PreparedRun? prepared = null;
        try
        {
            ranks.Together(
                () => Facts(prepared = PreparedRun.Create(
                    OfRank(options, ranks), null, told, cancellation, tokenizer: null, ranks)),
                Difference);
            if (Connect(ranks, prepared!.Execution.Device, path) is { } note)
            {
                told?.Report(new RunEvent.Noted(note));
            }

            return ranks.IsFirst
                ? Lead(prepared!, ranks, resumes, told, cancellation)
                : Follow(prepared!, ranks, resumes);
        }
        finally
        {
            prepared?.Dispose();
        }
    }

    private static (FineTuneOptions Options, bool Resumes) Agree(
        RankGroup ranks, Func<RankedStart> start, int threads)
    {
        string told = ranks.FromFirst(() => JsonSerializer.Serialize(Checked(start(), ranks.Count), RunJson.Options));
        RankedStart shared = JsonSerializer.Deserialize<RankedStart>(told, RunJson.Options)!;
        return (shared.Resumes ? shared.Options with { Threads = threads } : shared.Options, shared.Resumes);
    }

    private static RankedStart Checked(RankedStart start, int ranks)
    {
        FineTuneOptions options = start.Resumes ? start.Options : Resolve(start.Options);
        if (options.Engine is not null || SelfTeacher.IsNeededBy(options))
        {
            throw new RunException(options.Engine is { } engine
                ? $"--engine {engine} takes the steps of a run in one process; leave --distributed out."
                : "Self-distillation trains its teacher in the run's folder, which ranks cannot share. Train the "
                    + "teacher first, by finetune, and give it with --method distillation --teacher DIR.");
        }

        if (options.UnfreezeEvery is not null)
        {
            throw new RunException(
                "--unfreeze-every changes graphs within a run, which ranks do not do together yet. Leave it out, or "
                + "leave --distributed out.");
        }

        if (options.Accumulation < ranks)
        {
            throw new RunException(
                $"A step has {options.Accumulation} batch{(options.Accumulation == 1 ? "" : "es")} for {ranks} ranks, "
                + $"and some would have none. Give --accumulation {ranks}, or a multiple, and divide --batch-size "
                + "where the examples of a step are to stay as many; or start fewer ranks.");
        }

        return start with { Options = options };
    }

    // The device that is named for all is that of each rank's number on its machine.
    private static FineTuneOptions OfRank(FineTuneOptions options, RankGroup ranks)
    {
        return options with
        {
            Device = Own(options.Device),
            Teacher = options.Teacher is { } teacher ? teacher with { Device = Own(teacher.Device) } : null,
        };

        string? Own(string? name) =>
            name is null ? null : Device.NameOfRank(name, ranks.RankHere, ranks.CountHere);
    }

    private static string? Connect(RankGroup ranks, Device device, BufferPath path)
    {
        try
        {
            return ranks.Connect(device, path);
        }
        catch (DeviceException failure) when (ranks.IsBroken)
        {
            throw new RankLostException(failure);
        }
        catch (DeviceException) when (!ranks.IsFirst)
        {
            // The first rank says it.
            throw new RankStoppedException();
        }
    }

    // What decides the bits of a run, and is to be the same everywhere.
    private static string Facts(PreparedRun run) => JsonSerializer.Serialize(
        new string[]
        {
            Version(typeof(FineTuner).Assembly), Version(typeof(OrtEnv).Assembly),
            run.Fingerprint,
        });

    private static string Version(Assembly assembly) =>
        assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    private static string Difference(string found, string expected)
    {
        string[] here = JsonSerializer.Deserialize<string[]>(found)!;
        string[] first = JsonSerializer.Deserialize<string[]>(expected)!;
        return here[0] != first[0] ? $"it is version {here[0]} of the program, the first rank {first[0]}."
            + " Install one version everywhere."
            : here[1] != first[1] ? $"it runs ONNX Runtime {here[1]}, the first rank {first[1]}."
            + " Install one version everywhere."
            : "its data or its model differ from the first rank's. Give all ranks the same files.";
    }

    private static RunSummary Lead(
        PreparedRun run, RankGroup ranks, bool resumes, IProgress<RunEvent>? events, CancellationToken cancellation)
    {
        RunFolder? folder = null;
        try
        {
            FineTuner? tuner = null;
            ranks.Together(
                () =>
                {
                    folder = resumes ? RunFolder.Open(run.Options.Output) : Take(run.Options);
                    tuner = new FineTuner(run, folder, events);
                    return "";
                },
                (_, _) => "");
            ranks.Together(
                () =>
                {
                    if (resumes)
                    {
                        tuner!.Restore();
                    }

                    return StepOf(run);
                },
                DifferentStep);
            try
            {
                return tuner!.Run(cancellation);
            }
            catch (Exception failure) when (OthersWait(run, ranks))
            {
                throw new RankLostException(failure);
            }
            finally
            {
                if (!OthersWait(run, ranks))
                {
                    ranks.Tell(RankTask.End);
                }
            }
        }
        finally
        {
            folder?.Dispose();
        }
    }

    private static bool OthersWait(PreparedRun run, RankGroup ranks) =>
        ranks.IsBroken || run.Trainer is LeadingTrainer { IsInStep: true };

    private static RunSummary? Follow(PreparedRun run, RankGroup ranks, bool resumes)
    {
        // The first rank takes the folder.
        ranks.Together(() => "", (_, _) => "");
        ranks.Together(
            () =>
            {
                if (resumes)
                {
                    new RunCheckpoints(RunFolder.RunPathOf(run.Options.Output), run.State, run.Fingerprint)
                        .TryRestore();
                }

                return StepOf(run);
            },
            DifferentStep);
        while (ranks.Hear() is var task and not RankTask.End)
        {
            try
            {
                Do(task, run);
            }
            catch (DivergenceException)
            {
                // The first rank finds it too, says it, and ends the run.
            }
            catch (Exception failure)
            {
                throw new RankLostException(failure);
            }
        }

        return null;
    }

    private static void Do(RankTask task, PreparedRun run)
    {
        switch (task)
        {
            case RankTask.Step:
                run.Trainer.Step();
                break;
            case RankTask.CollectAverage:
                run.State.CollectAverage();
                break;
            default:
                run.State.CollectStates();
                break;
        }
    }

    private static string StepOf(PreparedRun run) =>
        run.State.Step.ToString(CultureInfo.InvariantCulture);

    private static string DifferentStep(string found, string expected) =>
        $"it sees a checkpoint of step {found} in the run's folder, the first rank one of step {expected}. Put the "
        + "folder where all ranks read the same files.";
}
