using OrtTrainer.Common;
using OrtTrainer.Import;
using OrtTrainer.Logging;
using OrtTrainer.OnDevice;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Runtime;
using OrtTrainer.Text;

namespace OrtTrainer;

/// <content>How a run is started and resumed: on the caller's thread, or on one of the pool.</content>
public sealed partial class FineTuner
{
    /// <summary>Runs from the start, on the calling thread.</summary>
    /// <param name="options">Everything that decides the run.</param>
    /// <param name="events">Told what happens, on the run's own thread; null for nobody.</param>
    /// <param name="cancellation">
    /// Ends the run after the current step, with a checkpoint to resume from; before the first step, while data are
    /// read or a teacher is run, at once and with nothing written.
    /// </param>
    /// <returns>Scores, steps, seconds and which weights were exported.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled; its checkpoint is written, if it had
    /// begun.</exception>
    /// <exception cref="RunException">The output folder is in use or not empty, or options do not fit the
    /// data, or the loss is no longer a number.</exception>
    /// <exception cref="IOException">The disk is full; the last checkpoint is still there to resume from.</exception>
    public static RunSummary Run(
        FineTuneOptions options, IProgress<RunEvent>? events = null, CancellationToken cancellation = default) =>
        Start(options, null, events, cancellation);

    /// <summary>
    /// Runs from the start, on the calling thread, with a tokenizer of the caller's own instead of the one in the
    /// model's folder. The export has no tokenizer files: <see cref="Prediction.Predictor"/> must be given the same
    /// tokenizer again, and so must a run that is resumed.
    /// </summary>
    /// <param name="options">Everything else that decides the run.</param>
    /// <param name="tokenizer">Reads the texts, such as an <see cref="ExternalTokenizer"/>.</param>
    /// <param name="events">Told what happens, on the run's own thread; null for nobody.</param>
    /// <param name="cancellation">Ends the run after the current step, with a checkpoint to resume from.</param>
    /// <returns>Scores, steps, seconds and which weights were exported.</returns>
    /// <exception cref="RunException">The tokenizer gives ids that the model does not know.</exception>
    /// <exception cref="ArgumentException">The tokenizer does not give what the task needs, such as the places of
    /// tokens.</exception>
    /// <inheritdoc cref="Run(FineTuneOptions, IProgress{RunEvent}, CancellationToken)" path="/exception"/>
    public static RunSummary Run(
        FineTuneOptions options, ITextEncoder tokenizer, IProgress<RunEvent>? events = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return Start(options, tokenizer, events, cancellation);
    }

    /// <summary>Runs from the start, on a thread of the pool.</summary>
    /// <inheritdoc cref="Run(FineTuneOptions, IProgress{RunEvent}, CancellationToken)"/>
    public static Task<RunSummary> RunAsync(
        FineTuneOptions options, IProgress<RunEvent>? events = null, CancellationToken cancellation = default) =>
        Task.Run(() => Run(options, events, cancellation), CancellationToken.None);

    /// <summary>Runs from the start, on a thread of the pool, with a tokenizer of the caller's own.</summary>
    /// <inheritdoc cref="Run(FineTuneOptions, ITextEncoder, IProgress{RunEvent}, CancellationToken)"/>
    public static Task<RunSummary> RunAsync(
        FineTuneOptions options, ITextEncoder tokenizer, IProgress<RunEvent>? events = null,
        CancellationToken cancellation = default) =>
        Task.Run(() => Run(options, tokenizer, events, cancellation), CancellationToken.None);

    /// <summary>
    /// Goes on with an interrupted run from its last checkpoint, with the options it was started with, on the calling
    /// thread. A run that had done all its steps is scored and exported again.
    /// </summary>
    /// <param name="output">The run's output folder.</param>
    /// <param name="events">Told what happens, on the run's own thread; null for nobody.</param>
    /// <param name="cancellation">Ends the run after the current step, with a checkpoint to resume from.</param>
    /// <returns>What the run would have returned without the interruption, but for its seconds.</returns>
    /// <exception cref="OperationCanceledException">The run was cancelled; the checkpoint is written.</exception>
    /// <exception cref="RunException">There is no run in the folder, it is still running, or its data have
    /// changed.</exception>
    public static RunSummary Resume(
        string output, IProgress<RunEvent>? events = null, CancellationToken cancellation = default) =>
        Restart(output, null, events, cancellation);

    /// <summary>Goes on with a run that was started with a tokenizer of the caller's own, on the calling
    /// thread.</summary>
    /// <param name="output">The run's output folder.</param>
    /// <param name="tokenizer">The tokenizer it was started with.</param>
    /// <param name="events">Told what happens, on the run's own thread; null for nobody.</param>
    /// <param name="cancellation">Ends the run after the current step, with a checkpoint to resume from.</param>
    /// <returns>What the run would have returned without the interruption, but for its seconds.</returns>
    /// <inheritdoc cref="Resume(string, IProgress{RunEvent}, CancellationToken)" path="/exception"/>
    public static RunSummary Resume(
        string output, ITextEncoder tokenizer, IProgress<RunEvent>? events = null,
        CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        return Restart(output, tokenizer, events, cancellation);
    }

    /// <summary>Goes on with an interrupted run, on a thread of the pool.</summary>
    /// <inheritdoc cref="Resume(string, IProgress{RunEvent}, CancellationToken)"/>
    public static Task<RunSummary> ResumeAsync(
        string output, IProgress<RunEvent>? events = null, CancellationToken cancellation = default) =>
        Task.Run(() => Resume(output, events, cancellation), CancellationToken.None);

    /// <summary>Goes on with a run that was started with a tokenizer of the caller's own, on a thread of the
    /// pool.</summary>
    /// <inheritdoc cref="Resume(string, ITextEncoder, IProgress{RunEvent}, CancellationToken)"/>
    public static Task<RunSummary> ResumeAsync(
        string output, ITextEncoder tokenizer, IProgress<RunEvent>? events = null,
        CancellationToken cancellation = default) =>
        Task.Run(() => Resume(output, tokenizer, events, cancellation), CancellationToken.None);

    /// <summary>
    /// Lets an interrupted run go on on another device than it began on; its steps round otherwise from then on. A
    /// teacher stays where it was. On the processors it runs without CUDA graphs.
    /// </summary>
    /// <param name="output">The run's output folder.</param>
    /// <param name="device">The device's name, such as <c>cuda</c>.</param>
    /// <exception cref="ArgumentException">This build knows no such device, or it does not compute in the run's
    /// precision.</exception>
    /// <exception cref="DeviceException">The device cannot be used.</exception>
    /// <exception cref="RunException">There is no run in the folder, or it is still running.</exception>
    public static void ChangeDevice(string output, string device)
    {
        ArgumentNullException.ThrowIfNull(output);
        using RunFolder folder = RunFolder.Open(output);
        FineTuneOptions options = FineTuneOptions.Read(folder.OptionsFile) with { Device = device };
        Device.Named(device).Require(options.Precision, options.Kernels);
        if (options.Device is null)
        {
            options = options with { CudaGraphs = RecordingMode.Off };
        }

        AtomicFile.WriteText(folder.OptionsFile, options.ToJson().ToJsonString(RunJson.Indented));
        string teacher = SelfTeacherTraining.FolderOf(folder);
        if (File.Exists(RunFolder.OptionsFileOf(teacher)))
        {
            ChangeDevice(teacher, device);
        }
    }

    /// <summary>What the folder with the import of an ONNX file is called behind the name of the output
    /// folder.</summary>
    private const string ImportSuffix = "-import";

    private static RunSummary Start(
        FineTuneOptions options, ITextEncoder? tokenizer, IProgress<RunEvent>? events, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(options);
        FineTuneOptions resolved = Resolve(options);
        RequireNoOwnTeacher(resolved, tokenizer);
        if (SelfTeacher.IsNeededBy(resolved))
        {
            // The teacher's run lies in the folder, so its files can only be checked there.
            using RunFolder taken = Take(resolved);
            return Continue(resolved, taken, restores: false, tokenizer, events, cancellation);
        }

        using PreparedRun run = PreparedRun.Create(resolved, null, events, cancellation, tokenizer);
        using RunFolder folder = Take(resolved);
        return new FineTuner(run, folder, events).Run(cancellation);
    }

    // What a new run can be refused for before anything is read.
    private static FineTuneOptions Resolve(FineTuneOptions options)
    {
        FineTuneOptions resolved = options.Resolve();
        RunFolder.RequireFree(resolved.Output);
        if (resolved.Engine is not null)
        {
            _ = OnDeviceEngine.Find();
        }

        foreach (RunLoggerKind kind in resolved.Loggers)
        {
            kind.Require();
        }

        return ModelImport.IsFile(resolved.Model)
            ? resolved with { Model = ModelImport.Run(resolved.Model, resolved.Output + ImportSuffix).Folder }
            : resolved;
    }

    private static RunSummary Restart(
        string output, ITextEncoder? tokenizer, IProgress<RunEvent>? events, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(output);
        using RunFolder folder = RunFolder.Open(output);
        FineTuneOptions options = FineTuneOptions.Read(folder.OptionsFile) with { Output = folder.Path };
        try
        {
            Device.Named(options.EffectiveDevice).Require(options.Precision, options.Kernels);
        }
        catch (ArgumentException refused)
        {
            throw new RunException($"{folder.Path}: this machine cannot go on with it. {refused.Message}", refused);
        }

        return Continue(options, folder, restores: true, tokenizer, events, cancellation);
    }

    private static void RequireNoOwnTeacher(FineTuneOptions options, ITextEncoder? tokenizer)
    {
        if (tokenizer is not null && SelfTeacher.IsNeededBy(options))
        {
            throw new RunException(
                "Self-distillation reads its teacher's tokenizer from the folder the teacher was exported to, which " +
                "has none where a tokenizer is given. Put the tokenizer's files into the model's folder instead.");
        }
    }

    private static RunFolder Take(FineTuneOptions resolved)
    {
        RunFolder folder = RunFolder.Create(resolved.Output);
        AtomicFile.WriteText(folder.OptionsFile, resolved.ToJson().ToJsonString(RunJson.Indented));
        return folder;
    }

    private static RunSummary Continue(
        FineTuneOptions options, RunFolder folder, bool restores, ITextEncoder? tokenizer,
        IProgress<RunEvent>? events, CancellationToken cancellation)
    {
        SelfTeacher? teacher = SelfTeacher.IsNeededBy(options)
            ? SelfTeacherTraining.Obtain(options, folder, events, cancellation)
            : null;
        using PreparedRun run = PreparedRun.Create(options, teacher, events, cancellation, tokenizer);
        FineTuner tuner = new(run, folder, events);
        if (restores)
        {
            tuner.Restore();
        }

        return tuner.Run(cancellation);
    }
}
