using System.Text.Json.Nodes;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Common;
using OrtTrainer.Options;
using OrtTrainer.Tasks.MaskedLanguageModel;

namespace OrtTrainer.Cli.Commands;

/// <summary>Puts the options of a pre-training run together: the command line over the options file.</summary>
internal static class PretrainSettings
{
    private const double EvalFraction = 0.01;

    // Weights at random bear and need larger steps than those of a model that is only tuned.
    private const double FromScratchRate = 5e-4;

    /// <summary>The resolved options. A model that starts from a configuration is put together in its folder.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="threads">Threads where neither it nor the file says how many; null for all processors.</param>
    /// <exception cref="UsageException">Something needed is missing, or a value is wrong.</exception>
    /// <exception cref="RunException">The options file cannot be read.</exception>
    public static FineTuneOptions Of(PretrainArguments arguments, int? threads = null)
    {
        JsonObject options = arguments.OptionsFile is null ? [] : OptionsJson.Read(arguments.OptionsFile);
        options = Guard(arguments, () => OptionsJson.Merge(options, FromCommandLine(arguments, options)));
        RunSettings.CompleteForEngine(options);
        if (threads is { } count)
        {
            options["threads"] ??= count;
        }

        RunSettings.RequireParts(options, arguments.OptionsFile);
        if (options["data"]?["train"] is null)
        {
            throw new UsageException("--train is missing: give the texts to learn from as --train PATH.");
        }

        string? start = StartOf(arguments, options);
        options["output"] ??= RunNames.Next(start ?? options["model"]!.GetValue<string>());
        options["data"]!["eval_fraction"] ??= EvalFraction;
        string output = options["output"]!.GetValue<string>();
        string folder = Path.TrimEndingDirectorySeparator(output) + "-start";
        if (start is not null)
        {
            options["model"] = folder;
            options["from_scratch"] = true;
        }

        if (options["from_scratch"]?.GetValue<bool>() == true)
        {
            options["learning_rate"] ??= FromScratchRate;
        }

        FineTuneOptions resolved = Guard(arguments, () => RunSettings.Deserialize(options).Resolve());
        if (start is not null)
        {
            StartModel.Write(folder, arguments.Config!, arguments.Tokenizer!, resolved.MaxLength);
        }

        return resolved;
    }

    /// <summary>The name of a model that starts from a configuration; null for one in a folder.</summary>
    private static string? StartOf(PretrainArguments arguments, JsonObject options)
    {
        bool hasModel = options["model"] is not null;
        return (hasModel, arguments.Config, arguments.Tokenizer) switch
        {
            (true, null, null) => null,
            (true, _, _) => throw new UsageException(
                "--model goes on with a model, --config with --tokenizer starts one; leave either out."),
            (false, { } config, not null) => Path.GetFileNameWithoutExtension(config),
            _ => throw new UsageException(
                "the model is missing: give --model DIR to go on with one, or --config F.json and --tokenizer DIR to "
                + "start one at random."),
        };
    }

    private static JsonObject FromCommandLine(PretrainArguments a, JsonObject below)
    {
        JsonObject options = RunSettings.Given(("data", RunSettings.Given(
            ("task", MaskedLanguageModelTask.Instance.Name),
            ("train", FinetuneSettings.Joined(a.Train)),
            ("eval", FinetuneSettings.Joined(a.Eval)),
            ("test", FinetuneSettings.Joined(a.Test)),
            ("eval_fraction", a.EvalFraction),
            ("mask_share", a.MaskShare),
            ("whole_word_masking", a.WholeWordMasking ? true : null),
            ("blank_line_documents", a.BlankLineDocuments ? true : null),
            ("separate_documents", a.SeparateDocuments ? true : null))));
        RunSettings.Add(options, a.Settings, below);
        return options;
    }

    private static T Guard<T>(PretrainArguments arguments, Func<T> build) =>
        OptionErrors.Guard(typeof(PretrainArguments), build, arguments.Given);
}
