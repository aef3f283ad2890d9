using System.Text.Json;
using System.Text.Json.Nodes;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Options;
using OrtTrainer.Tasks;
using OrtTrainer.Training.Schedules;

namespace OrtTrainer.Cli.Commands;

/// <summary>
/// Puts a run's options together: the command line over the options file over the embedded default. All of them are
/// one JSON object in the form of options.json, so that names and checks are the library's own.
/// </summary>
internal static class FinetuneSettings
{
    /// <summary>The resolved options.</summary>
    /// <exception cref="UsageException">Something needed is missing, or a value is wrong.</exception>
    /// <exception cref="RunException">The options file cannot be read.</exception>
    public static FineTuneOptions Of(FinetuneArguments arguments)
    {
        JsonObject options = arguments.OptionsFile is null ? [] : OptionsFile.Read(arguments.OptionsFile);
        bool embedded = arguments.Model is null && arguments.Train is null
            && options["model"] is null && options["data"]?["train"] is null;
        if (embedded)
        {
            options = OptionsJson.Merge(EmbeddedDefault.Options(), options);
        }

        options = OptionsJson.Merge(
            options, OptionErrors.Guard(typeof(FinetuneArguments), () => FromCommandLine(arguments)));
        options = OptionsJson.Merge(options, MethodSettings.Of(arguments, MethodOf(options)));
        string model = Require(options["model"], "--model", "DIR", "the folder of a pre-trained model");
        _ = Require(options["data"]?["train"], "--train", "F", "the file to train on");
        options["output"] ??= RunNames.Next(embedded ? EmbeddedDefault.Name : model);
        return OptionErrors.Guard(typeof(FinetuneArguments), () => Deserialize(options).Resolve());
    }

    private static FineTuneMethod MethodOf(JsonObject options) =>
        options["method"] is JsonValue method && method.TryGetValue(out string? text)
            ? OptionErrors.Guard(typeof(FinetuneArguments), () => FineTuneMethod.Parse(text))
            : FineTuneMethod.Swa;

    private static FineTuneOptions Deserialize(JsonObject options)
    {
        try
        {
            return options.Deserialize<FineTuneOptions>(RunJson.Options)!;
        }
        catch (JsonException malformed)
        {
            throw new UsageException($"the options cannot be read: {malformed.Message}");
        }
    }

    private static string Require(JsonNode? value, string option, string meta, string meaning) =>
        value?.GetValue<string>() ?? throw new UsageException(
            $"{option} is missing: give {meaning} as {option} {meta}; " +
            "without both --model and --train, the embedded ones are used.");

    private static JsonObject FromCommandLine(FinetuneArguments a) => Given(
        ("model", a.Model),
        ("output", a.Output),
        ("method", a.Method is null ? null : FineTuneMethod.Parse(a.Method).ToString()),
        ("epochs", a.Epochs),
        ("max_steps", a.MaxSteps),
        ("max_seconds", a.MaxSeconds),
        ("batch_size", a.BatchSize),
        ("accumulation", a.Accumulation),
        ("learning_rate", a.LearningRate),
        ("schedule", Words.Parse<ScheduleKind>("--schedule", a.Schedule)),
        ("warmup", a.Warmup),
        ("weight_decay", a.WeightDecay),
        ("clip_norm", a.ClipNorm),
        ("max_length", a.MaxLength),
        ("dropout", a.Dropout),
        ("mixout", a.Mixout),
        ("layer_decay", a.LayerDecay),
        ("class_weights", MethodSettings.ClassWeights(a.ClassWeights)),
        ("teacher", Given(
            ("model", a.Teacher),
            ("logits", a.TeacherLogits),
            ("max_length", a.TeacherLength),
            ("threads", a.TeacherThreads),
            ("device", a.TeacherDevice),
            ("cache", a.TeacherCache))),
        ("swa_start", a.SwaStart),
        ("swa_interval", a.SwaInterval),
        ("swa_rate", Words.Parse<SwaRate>("--swa-rate", a.SwaRate)),
        ("swa_learning_rate", a.SwaLearningRate),
        ("ema_decay", a.EmaDecay),
        ("eval_steps", a.EvalSteps),
        ("patience", a.Patience),
        ("keep_best", Switch(a.KeepBest, true)),
        ("metric", a.Metric),
        ("checkpoint_seconds", a.CheckpointSeconds),
        ("seed", a.Seed),
        ("from_scratch", Switch(a.FromScratch, true)),
        ("layers", LayersOf(a.Layers)),
        ("threads", a.Threads),
        ("kernels", Switch(a.NoKernels, false)),
        ("data", Given(
            ("train", a.Train),
            ("eval", a.Eval),
            ("test", a.Test),
            ("task", a.Task is { } task ? ModelTask.Named(task).Name : null),
            ("text_column", a.TextColumn),
            ("pair_column", a.PairColumn),
            ("label_column", a.LabelColumn),
            ("label_separator", a.LabelSeparator),
            ("eval_fraction", a.EvalFraction),
            ("table", Given(
                ("format", Words.Parse<DataFormat>("--format", a.Format)),
                ("columns", a.Columns?.Split(',')),
                ("quoted", Switch(a.Quoted, true)))))));

    /// <summary>An object of the values that are not null.</summary>
    /// <exception cref="ArgumentException">A number is not finite, which JSON cannot hold.</exception>
    private static JsonObject Given(params (string Name, object? Value)[] values) => new(
        values.Select(Finite).Where(v => v.Value is not null and not JsonObject { Count: 0 })
            .Select(v => KeyValuePair.Create(
                v.Name, v.Value as JsonNode ?? JsonSerializer.SerializeToNode(v.Value, RunJson.Options))));

    private static (string Name, object? Value) Finite((string Name, object? Value) option) =>
        option.Value is double number && !double.IsFinite(number)
            ? throw new ArgumentException(FormattableString.Invariant(
                $"{PropertyName(option.Name)} is {number}; expected a finite number."))
            : option;

    private static string PropertyName(string snakeCase) =>
        string.Concat(snakeCase.Split('_').Select(word => char.ToUpperInvariant(word[0]) + word[1..]));

    private static bool? Switch(bool given, bool value) => given ? value : null;

    private static int[]? LayersOf(string? layers) => layers?.Split(',').Select(word =>
        int.TryParse(word, System.Globalization.CultureInfo.InvariantCulture, out int layer)
            ? layer
            : throw new UsageException($"--layers is '{layers}'; expected numbers between commas, such as 0,2,4."))
                .ToArray();
}
