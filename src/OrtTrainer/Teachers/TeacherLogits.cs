using System.Diagnostics;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Teachers;

/// <summary>
/// A teacher's logits for every example of a data set, in the order of its rows and of the student's labels.
/// </summary>
internal sealed class TeacherLogits
{
    private TeacherLogits(float[] values, TeacherReport report)
    {
        Values = values;
        Report = report;
    }

    /// <summary>The logits, row by row: [N, K], or rows of tokens; every one is finite.</summary>
    public float[] Values { get; }

    /// <summary>The row that each row of the student's targets learns from, [R], or -1 for none; null where they are
    /// the same rows.</summary>
    public int[]? Places { get; private init; }

    /// <summary>The number of rows, one per example where none are of tokens.</summary>
    public int Rows => Report.Rows;

    /// <summary>The number of logits per row, K.</summary>
    public int Outputs => Report.Outputs;

    /// <summary>What the teacher is and how it compares with the labels.</summary>
    public TeacherReport Report { get; }

    /// <summary>The logits of one row, [K].</summary>
    public ReadOnlySpan<float> this[int row] => Values.AsSpan(row * Outputs, Outputs);

    /// <summary>
    /// Reads the logits from a file, or takes those kept from an earlier run of this teacher over these texts, or runs
    /// it, with its own tokenizer in a session of its own, and keeps them. Labels are matched by name; a teacher whose
    /// labels were never named (LABEL_0 …) is taken only where the student's are the numbers 0 ….
    /// </summary>
    /// <param name="options">The teacher.</param>
    /// <param name="task">The student's task.</param>
    /// <param name="data">The examples; a part that was split off a file will do.</param>
    /// <param name="threads">Threads where the options name none, 1 or more.</param>
    /// <param name="events">Told what happens, on this thread; null for nobody.</param>
    /// <param name="cancellation">Stops between batches, or blocks of a table; nothing is kept then.</param>
    /// <param name="student">The data as a student reads them, and how many tokens its windows share; null without a
    /// student.</param>
    /// <exception cref="ArgumentException">The options name no teacher, or two.</exception>
    /// <exception cref="RunException">The teacher's files are missing or do not make a classifier, or its task or
    /// labels differ from the student's.</exception>
    /// <exception cref="CheckpointException">A file of the teacher, or the file of logits, is damaged.</exception>
    /// <exception cref="DataFileException">The file of logits does not fit the data.</exception>
    /// <exception cref="InvalidDataException">The teacher's tokenizer or graph is malformed.</exception>
    /// <exception cref="RuntimeFailureException">ONNX Runtime refuses the teacher.</exception>
    /// <exception cref="RunException">The folder for kept logits cannot be written.</exception>
    public static TeacherLogits Obtain(
        TeacherOptions options, ModelTask task, Dataset data, int threads, IProgress<TeacherEvent>? events = null,
        CancellationToken cancellation = default, (EncodedDataset Data, int? Stride)? student = null)
    {
        RequireForm(options, task);
        Stopwatch clock = Stopwatch.StartNew();
        TeacherOptions resolved = options.Resolve();
        return resolved.Model is null
            ? FromFile(resolved.Logits!, task, data, clock, events, cancellation)
            : FromModel(resolved, task, data, student, resolved.Threads ?? threads, clock, events, cancellation);
    }

    private static void RequireForm(TeacherOptions options, ModelTask task)
    {
        if (task.TeachesTokens && options.Logits is not null)
        {
            throw new RunException($"{options.Logits}: a file of logits has a row per example, but a teacher for " +
                $"{task} answers for tokens. Give a folder with the teacher, which is run and kept.");
        }

        if (!task.TeachesTokens && options.TopK is not null)
        {
            throw new RunException($"{nameof(options.TopK)} is {options.TopK}, but a teacher for {task} has one row " +
                "per example, which is kept as it is. Leave it out.");
        }
    }

    private static TeacherLogits FromModel(
        TeacherOptions options, ModelTask task, Dataset data, (EncodedDataset Data, int? Stride)? student, int threads,
        Stopwatch clock, IProgress<TeacherEvent>? events, CancellationToken cancellation)
    {
        TeacherModel teacher = TeacherModel.Open(
            options, task, data, task.SharesWindows ? student?.Data.MaxLength : null);
        TeacherTable table = task.TeachesTokens
            ? TeacherTable.OfTokens(
                task,
                teacher.Read(data, task.SharesWindows ? student?.Stride : null, threads, cancellation),
                options.TopK)
            : TeacherTable.OfExamples(data);
        int[]? places = student is { } reader && table.Tokens is { } tokens
            ? task.LearnedRows(reader.Data, tokens.Data, tokens.Rows)
            : null;
        if (table.Size is { } size)
        {
            events?.Report(new TeacherEvent.Noted(size));
        }

        TeacherKey key = new(
            table.Kind, FileHash.Of(teacher.Files, cancellation), table.Texts, data.Labels?.Names, teacher.MaxLength,
            options.TokensPerBatch, options.Device!, TeacherKey.CurrentVersion)
        {
            TopK = options.TopK,
        };
        CacheEntry entry = new TeacherCache(options.Cache!, events).Obtain(
            key,
            table.Form,
            () =>
            {
                CostMeter meter = new(table.Tokens?.Data.Inputs.Count ?? data.Count, events);
                float[] logits = table.Tokens is { } read
                    ? teacher.Logits(read.Data, read.Rows, threads, meter, cancellation)
                    : teacher.Logits(data, threads, meter, cancellation);
                return (logits, meter.Read(options.Device!, threads));
            },
            cancellation);
        return new(entry.Values, new TeacherReport
        {
            Name = teacher.Name,
            Source = options.Model!,
            Rows = table.Rows,
            Outputs = data.Outputs,
            MaxLength = teacher.MaxLength < int.MaxValue ? teacher.MaxLength : null,
            IsCached = entry.IsCached,
            Cost = entry.Cost,
            ElapsedSeconds = clock.Elapsed.TotalSeconds,
            CacheFile = entry.File,
            Audit = table.Tokens is { } scored
                ? task.Audit(entry.Values, scored.Data, scored.Rows)
                : task.Audit(entry.Values, data),
        })
        {
            Places = places,
        };
    }

    private static TeacherLogits FromFile(
        string path, ModelTask task, Dataset data, Stopwatch clock, IProgress<TeacherEvent>? events,
        CancellationToken cancellation)
    {
        (LogitsContent content, string? assumption) = TeacherLogitsFile.Read(path, data, cancellation);
        if (assumption is not null)
        {
            events?.Report(new TeacherEvent.Noted(assumption));
        }

        return new(content.Values, new TeacherReport
        {
            Name = content.Origin?.Teacher ?? Path.GetFileName(path),
            Source = path,
            Rows = data.Count,
            Outputs = data.Outputs,
            MaxLength = content.Origin?.MaxLength,
            IsCached = true,
            Cost = content.Origin?.Cost,
            ElapsedSeconds = clock.Elapsed.TotalSeconds,
            Audit = task.Audit(content.Values, data),
        });
    }
}
