using System.Runtime.InteropServices;
using System.Text.Json;
using OrtTrainer.Common;
using OrtTrainer.Options;
using OrtTrainer.Studies.Slurm;

namespace OrtTrainer.Studies;

/// <summary>
/// The other end of a study's worker process: a program that is to run studies side by side calls this when it is
/// started by <see cref="StudyOptions.Worker"/>.
/// </summary>
public static class StudyWorker
{
    /// <summary>The exit code of a worker that stopped with a checkpoint because its study ended.</summary>
    internal const int Interrupted = 130;

    /// <summary>Does one run, whose options are the first line of the input.</summary>
    /// <param name="input">Standard input; when it ends, the run stops after its current step with a
    /// checkpoint.</param>
    /// <param name="output">Standard output, for lines that the study reads.</param>
    /// <returns>The exit code of the process: 0 done, 1 failed, 130 stopped.</returns>
    public static Task<int> RunAsync(TextReader input, TextWriter output) => RunAsync(input, output, until: null);

    /// <summary>As <see cref="RunAsync(TextReader, TextWriter)"/>, to a pause with a checkpoint, which is done
    /// too.</summary>
    /// <param name="input">Standard input.</param>
    /// <param name="output">Standard output.</param>
    /// <param name="until">The step at which it pauses once it is evaluated; null to run to its end.</param>
    internal static async Task<int> RunAsync(TextReader input, TextWriter output, long? until)
    {
        // A Ctrl-C in a terminal reaches workers as well as their study; only the study decides.
        using PosixSignalRegistration ignored =
            PosixSignalRegistration.Create(PosixSignal.SIGINT, context => context.Cancel = true);
        CancellationTokenSource studyEnded = new();
        try
        {
            FineTuneOptions options =
                JsonSerializer.Deserialize<FineTuneOptions>(await input.ReadLineAsync() ?? "null", RunJson.Options)
                ?? throw new StudyException("expected the options of a run on standard input.");
            Thread watch = new(() => WaitForEnd(input, studyEnded)) { IsBackground = true };
            watch.Start();
            await new InProcessWorker(until).RunAsync(options, line => Write(output, line), studyEnded.Token);
            return 0;
        }
        catch (OperationCanceledException) when (studyEnded.IsCancellationRequested)
        {
            return Interrupted;
        }
        catch (Exception failure)
        {
            Write(output, new WorkerLine { Failed = failure.Message });
            return 1;
        }
    }

    /// <summary>Does one run inside a job of a cluster, for a program that <see cref="SlurmOptions.Worker"/>
    /// starts.</summary>
    /// <param name="file">The file that the job was given.</param>
    /// <param name="cancellation">Stops the run after its current step with a checkpoint; for SIGTERM, which a cluster
    /// sends to a job that must end.</param>
    /// <returns>The exit code of the process: 0 done, 1 failed, 130 stopped.</returns>
    /// <exception cref="IOException">The folder of the file cannot be written.</exception>
    public static Task<int> RunJobAsync(string file, CancellationToken cancellation = default) =>
        new JobWorker(file).RunAsync(cancellation);

    private static void WaitForEnd(TextReader input, CancellationTokenSource studyEnded)
    {
        while (input.Read() >= 0)
        {
        }

        studyEnded.Cancel();
    }

    private static void Write(TextWriter output, WorkerLine line)
    {
        try
        {
            output.WriteLine(JsonSerializer.Serialize(line, RunJson.Options));
            output.Flush();
        }
        catch (IOException)
        {
            // Nobody reads any more: the study is gone, and the end of the input says so too.
        }
    }
}
