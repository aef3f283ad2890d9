using System.Text.Json.Nodes;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Common;
using OrtTrainer.Data.Sources;
using OrtTrainer.Options;

namespace OrtTrainer.Cli.Commands;

/// <summary>
/// Puts a run's options together: the command line over the options file over the embedded default. All of them are
/// one JSON object in the form of options.json, so that names and checks are the library's own.
/// </summary>
internal static class FinetuneSettings
{
    /// <summary>The resolved options.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="threads">Threads where neither it nor the file says how many; null for all processors.</param>
    /// <exception cref="UsageException">Something needed is missing, or a value is wrong.</exception>
    /// <exception cref="RunException">The options file cannot be read.</exception>
    public static FineTuneOptions Of(FinetuneArguments arguments, int? threads = null)
    {
        JsonObject options = arguments.OptionsFile is null ? [] : OptionsJson.Read(arguments.OptionsFile);
        bool embedded = !arguments.Settings.ContainsKey("model") && arguments.Train is null
            && options["model"] is null && options["data"]?["train"] is null;
        options = Guard(arguments, () => OptionsJson.Merge(options, FromCommandLine(arguments, options)));
        RunSettings.CompleteForEngine(options);
        if (threads is { } count)
        {
            options["threads"] ??= count;
        }

        if (embedded)
        {
            options = OptionsJson.Merge(EmbeddedDefault.Data(), options);
        }

        if (embedded || EmbeddedDefault.IsUsedBy(options))
        {
            options = OptionsJson.Merge(EmbeddedDefault.Encoder(), options);
        }

        RunSettings.RequireParts(options, arguments.OptionsFile);
        string model = Require(options["model"], "--model", "DIR", "the folder of a pre-trained model");
        _ = Require(options["data"]?["train"], "--train", "F", "the file to train on");
        options["output"] ??= RunNames.Next(model);
        return Guard(arguments, () => RunSettings.Deserialize(options).Resolve());
    }

    private static T Guard<T>(FinetuneArguments arguments, Func<T> build) =>
        OptionErrors.Guard(typeof(FinetuneArguments), build, arguments.Given);

    private static string Require(JsonNode? value, string option, string meta, string meaning) =>
        value?.GetValue<string>() ?? throw new UsageException(
            $"{option} is missing: give {meaning} as {option} {meta}" +
            (option == "--model" ? $", or --model {EmbeddedDefault.Name} for the small one that is here" : "") +
            "; without both --model and --train, the embedded ones are used.");

    /// <summary>One word for files that were given one by one.</summary>
    internal static string? Joined(string? files) =>
        files is null ? null : DataFiles.Join(files.Split(RepeatedAttribute.Between));

    private static JsonObject FromCommandLine(FinetuneArguments a, JsonObject below)
    {
        JsonObject options = RunSettings.Given(("data", RunSettings.DataOf(
            a,
            a.Task,
            ("train", Joined(a.Train)),
            ("eval", Joined(a.Eval)),
            ("test", Joined(a.Test)),
            ("sample_weight_column", a.SampleWeight),
            ("loss_weight_column", a.LossWeight),
            ("tag_every_token", a.TagEveryToken ? true : null),
            ("pooling", a.Pooling),
            ("similarity_loss", a.SimilarityLoss),
            ("random_flip", a.RandomFlip ? true : null),
            ("random_crop", a.RandomCrop),
            ("color_jitter", a.ColorJitter),
            ("mixup", a.Mixup),
            ("cutmix", a.Cutmix),
            ("eval_fraction", a.EvalFraction),
            ("folds", a.Folds),
            ("group_column", a.GroupColumn is null || a.Folds is not null ? a.GroupColumn
                : throw new UsageException("--group is for --folds K; add it, or leave --group out.")))));
        RunSettings.Add(options, a.Settings, below);
        return options;
    }
}
