using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Common;
using OrtTrainer.Data.Sources;
using OrtTrainer.Hub;
using OrtTrainer.Methods;
using OrtTrainer.Runtime;

namespace OrtTrainer.Options;

public sealed partial record FineTuneOptions
{
    // Only while options are being read.
    private List<MethodPart>? _taken;

    /// <summary>
    /// These options with every value that a method or the machine decides filled in, and full paths.
    /// </summary>
    /// <exception cref="ArgumentException">The task has no such metric, or options contradict each other.</exception>
    public FineTuneOptions Resolve()
    {
        Require();
        RequireOptimizerSettings();
        RequireEngine();
        if ((long)BatchSize * Accumulation > int.MaxValue)
        {
            throw new ArgumentException(
                $"{nameof(BatchSize)} {BatchSize} times {nameof(Accumulation)} {Accumulation} is more than " +
                $"{int.MaxValue} examples per step.");
        }

        Device device = Runtime.Device.Named(EffectiveDevice);
        device.Require(Precision, Kernels);
        RequireRecording(CudaGraphs, device);
        return this with
        {
            Model = HubModels.Pinned(Model),
            Output = Path.GetFullPath(Output),
            Data = Data with
            {
                Train = DataFiles.FullPaths(Data.Train),
                Eval = Data.Eval is null ? null : DataFiles.FullPaths(Data.Eval),
                TextColumn = Data.Columns.Text,
                PairColumn = Data.Columns.Pair,
                LabelColumn = Data.Columns.Label,
                Test = Data.Test is null ? null : DataFiles.FullPaths(Data.Test),
            },
            Teacher = Teacher is null or { NamesNone: true } ? Teacher
                : (Teacher with { Device = Teacher.Device ?? EffectiveDevice }).Resolve(),
            LearningRate = EffectiveLearningRate,
            Schedule = EffectiveSchedule,
            Threads = EffectiveThreads,
            Metric = Metric is not null ? Data.Task.FindMetric(Metric).Name
                : Data.Task.ChoosesMetricByData ? null
                : Data.Task.DefaultMetric.Name,
        };
    }

    /// <exception cref="ArgumentException">The device records no passes.</exception>
    internal static void RequireRecording(RecordingMode mode, Device device)
    {
        if (mode != RecordingMode.Off && !device.RecordsRuns)
        {
            throw new ArgumentException(
                $"{nameof(CudaGraphs)} is {OptionWords.Of(mode)}, which a CUDA device has; {device} has no CUDA "
                + "graphs. Leave it out, or choose such a device.");
        }
    }

    /// <summary>The options in the form of options.json, with the settings of the parts that the method has.</summary>
    public JsonObject ToJson() => JsonSerializer.SerializeToNode(this, RunJson.Options)!.AsObject();

    /// <summary>Reads options from a JSON file with the names of these properties in snake_case.</summary>
    /// <exception cref="RunException">The file is missing or malformed, or a name or value is wrong.</exception>
    public static FineTuneOptions Read(string path)
    {
        JsonObject options = OptionsJson.Read(path);
        try
        {
            return options.Deserialize<FineTuneOptions>(RunJson.Options)!;
        }
        catch (Exception cause) when (cause is JsonException or ArgumentException)
        {
            throw new RunException($"{path}: the options cannot be read: {OptionsJson.Reason(cause)}", cause);
        }
    }

    /// <summary>Takes settings of a part as they are read, whether the method comes before or after them.</summary>
    internal void Take(string key, MethodPart? settings) => (_taken ??= []).Add(settings
        ?? throw new JsonException($"{key} is null; expected an object of settings, or nothing."));

    /// <summary>Gives the method the settings taken.</summary>
    /// <exception cref="JsonException">There are settings of a part that it does not have.</exception>
    internal void SetParts()
    {
        foreach (MethodPart settings in _taken ?? [])
        {
            _method = _method.Set(settings) ?? throw new JsonException(OptionsJson.Idle(settings.Key, _method));
        }

        _taken = null;
    }

    private void Require()
    {
        if (Stride is not null && !Data.Task.ReadsInWindows)
        {
            throw new ArgumentException(
                $"{nameof(Stride)} is for tasks that read long examples in windows; {Data.Task} cuts them. Leave it "
                + "out.");
        }

        if (Data.TagEveryToken && !Data.Task.TagsWords)
        {
            throw new ArgumentException(
                $"{nameof(Data.TagEveryToken)} is for tags of words; {Data.Task} has none. Leave it out.");
        }

        if ((Data.SampleWeightColumn ?? Data.LossWeightColumn) is not null && Data.Task.DrawsTokens)
        {
            throw new ArgumentException(
                $"{nameof(Data.SampleWeightColumn)} and {nameof(Data.LossWeightColumn)} are for rows of tables; "
                + $"{Data.Task} reads plain texts. Leave them out.");
        }

        if (Data.LossWeightColumn is not null && Data.Task.MakesVectors)
        {
            throw new ArgumentException(
                $"{nameof(Data.LossWeightColumn)} is for losses of single examples; {Data.Task} compares those of a "
                + $"batch. Leave it out, or draw by weights with {nameof(Data.SampleWeightColumn)}.");
        }

        if ((Data.Pooling ?? Data.SimilarityLoss) is not null && !Data.Task.MakesVectors)
        {
            string option = Data.Pooling is null ? nameof(Data.SimilarityLoss) : nameof(Data.Pooling);
            throw new ArgumentException(
                $"{option} is for vectors of texts; {Data.Task} makes none. Leave it out.");
        }

        RequireCalibration();
        RequireLora();
        RequireUnfreezing();
        RunTraits run = new(Method, Data.Task, Dropout, FromScratch, Teacher);
        foreach (RunPart part in Parts)
        {
            part.Require(run);
        }

        if (Teacher is not null && Method.Loss is not { LearnsFromTeacher: true })
        {
            throw new ArgumentException($"{nameof(Teacher)} is given, but {Method} learns from none. Add " +
                "distillation to the method, or leave the teacher out.");
        }

        if (Data.Augmentation.MixesImages && Method.Loss is { LearnsFromTeacher: true })
        {
            throw new ArgumentException(
                $"{nameof(Data.Mixup)} or {nameof(Data.Cutmix)} is given, but {Method} learns from what a teacher " +
                "says of whole images. Leave one of the two out.");
        }
    }

    private void RequireCalibration()
    {
        if ((Calibrate && !Data.Task.DecidesClasses) || (TuneThresholds && !Data.Task.HasThresholds))
        {
            (string option, string what) = TuneThresholds && !Data.Task.HasThresholds
                ? (nameof(TuneThresholds), "labels that do not exclude each other, as multi_label has them")
                : (nameof(Calibrate), "probabilities of classes");
            throw new ArgumentException($"{option} is for {what}; {Data.Task} has none. Leave it out.");
        }
    }

    private void RequireLora()
    {
        (string? option, string why) = Lora is null ? (null, "")
            : FromScratch ? (nameof(FromScratch), "of a model at random, all weights are to be trained")
            : Layers is not null ? (nameof(Layers), "adapters belong to the whole model")
            : Mixout is not null ? (nameof(Mixout), "the weights that it mixes stay as they are")
            : Freeze is not null ? (nameof(Freeze), "all but the adapters and a new head stays as it is already")
            : ((string?)null, "");
        if (option is not null)
        {
            throw new ArgumentException(
                $"{nameof(Lora)} and {option} are both given: {why}. Leave one of the two out.");
        }
    }

    private static string NotEmpty(string value, [CallerMemberName] string name = "") =>
        string.IsNullOrWhiteSpace(value)
        ? throw new ArgumentException($"{name} is empty; expected a folder.", name)
        : value;

    private static int[] Existing(IReadOnlyList<int> layers) => layers.Count > 0 && layers.All(layer => layer >= 0)
        ? [.. layers]
        : throw new ArgumentException(
            $"{nameof(Layers)} is [{string.Join(", ", layers)}]; expected at least one layer, counted from 0.",
            nameof(Layers));
}
