using System.Diagnostics;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks;

namespace OrtTrainer.Teachers;

/// <summary>
/// What every layer of a teacher's encoder makes of each example, averaged over its tokens: what a student learns from
/// in RAIL-KD (Haidar et al. 2022).
/// </summary>
internal sealed class TeacherStates
{
    private const string Kind = "states";

    private TeacherStates(CacheEntry entry, int rows, int layers, int width, TimeSpan elapsed)
    {
        ElapsedSeconds = elapsed.TotalSeconds;
        Values = entry.Values;
        Rows = rows;
        Layers = layers;
        Width = width;
        Cost = entry.Cost;
        IsCached = entry.IsCached;
        CacheFile = entry.File;
    }

    /// <summary>The mean states, [N, layers, width], embeddings left out; every one is finite.</summary>
    public float[] Values { get; }

    /// <summary>The number of examples, N.</summary>
    public int Rows { get; }

    /// <summary>The teacher's layers.</summary>
    public int Layers { get; }

    /// <summary>Values per layer.</summary>
    public int Width { get; }

    /// <summary>What computing them took, whenever it was.</summary>
    public TeacherCost Cost { get; }

    /// <summary>Seconds until they were there this time, hashing, waiting and reading included.</summary>
    public double ElapsedSeconds { get; }

    /// <summary>Whether they were kept from before.</summary>
    public bool IsCached { get; }

    /// <summary>Where they are kept for the next run; null where they could not be.</summary>
    public string? CacheFile { get; }

    /// <summary>What a layer, counted from 0, makes of one example, [width].</summary>
    public ReadOnlySpan<float> this[int row, int layer] =>
        Values.AsSpan(((row * Layers) + layer) * Width, Width);

    /// <summary>
    /// Takes the states kept from an earlier run of this teacher over these texts, or computes and keeps them.
    /// </summary>
    /// <param name="options">The teacher: a folder with weights of an architecture that this library builds.</param>
    /// <param name="task">The student's task.</param>
    /// <param name="data">The examples; their labels do not matter.</param>
    /// <param name="threads">Threads where the options name none, 1 or more.</param>
    /// <param name="events">Told what happens, on this thread; null for nobody.</param>
    /// <param name="cancellation">Stops between batches; nothing is kept then.</param>
    /// <exception cref="ArgumentException">The options name no teacher, or two.</exception>
    /// <exception cref="RunException">The teacher is no folder with weights, its architecture is unknown here, or
    /// its tokenizer is missing.</exception>
    /// <exception cref="CheckpointException">A file of the teacher is missing or damaged.</exception>
    /// <exception cref="InvalidDataException">The teacher's tokenizer is malformed.</exception>
    /// <exception cref="RuntimeFailureException">ONNX Runtime failed.</exception>
    /// <exception cref="RunException">The folder for kept states cannot be written.</exception>
    public static TeacherStates Obtain(
        TeacherOptions options, ModelTask task, Dataset data, int threads, IProgress<TeacherEvent>? events = null,
        CancellationToken cancellation = default)
    {
        Stopwatch clock = Stopwatch.StartNew();
        TeacherOptions resolved = options.Resolve();
        int used = resolved.Threads ?? threads;
        TeacherFolder folder = TeacherFolder.Find(RequireFolder(resolved));
        using PretrainedModel model = PretrainedModel.Open(folder.Folder);
        TeacherReader reader = TeacherReader.Open(folder, task, model.Config, resolved.MaxLength);
        int layers = model.Architecture.Shape.Layers;
        int width = model.Architecture.Shape.Width;
        TeacherKey key = new(
            Kind, FileHash.Of([.. reader.Files, .. folder.WeightFiles()], cancellation), TextHash.Of(data),
            Labels: null, reader.MaxLength, resolved.TokensPerBatch, resolved.Device!, TeacherKey.CurrentVersion);
        CacheEntry entry = new TeacherCache(resolved.Cache!, events).Obtain(
            key,
            new FloatTable(data.Count, layers, width),
            () =>
            {
                CostMeter meter = new(data.Count, events);
                ExecutionOptions execution = new() { IntraOpThreads = used, Device = Device.Named(resolved.Device!) };
                using LayerSession session = new(model, execution);
                float[] states = session.Run(
                    reader.Read(data, used, cancellation).Inputs, resolved.TokensPerBatch, meter, cancellation);
                FiniteOutputs.Require(states, folder.Folder, data);
                return (states, meter.Read(resolved.Device!, used));
            },
            cancellation);
        return new(entry, data.Count, layers, width, clock.Elapsed);
    }

    private static string RequireFolder(TeacherOptions options) =>
        Directory.Exists(options.Folder)
            ? options.Folder
            : throw new RunException($"{options.Model ?? options.Logits}: is no folder; what the layers of a " +
                "teacher give is computed from its weights. Give a folder in Hugging Face layout with config.json, " +
                "tokenizer files and weights.");
}
