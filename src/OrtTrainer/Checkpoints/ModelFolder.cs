using OrtTrainer.Common;

namespace OrtTrainer.Checkpoints;

/// <summary>Folders of models in Hugging Face layout, and the models that a program brings along.</summary>
internal static class ModelFolder
{
    /// <summary>The folder of a run's own files, in the folder that its model comes to when it ends.</summary>
    public const string RunName = "run";

    /// <summary>The file in it with the run's options, which is there from its start.</summary>
    public const string RunOptionsName = "options.json";

    private const string Layout = "Give a folder in Hugging Face layout: config.json, weights and tokenizer files.";

    /// <summary>The folders of models that the program brings along, by their names; none of a library.</summary>
    public static IReadOnlyDictionary<string, string> Bundled { get; set; } = new Dictionary<string, string>();

    /// <summary>The folder of the model that the program brings along by a name; null where it has none, or where a
    /// folder of that name is there.</summary>
    public static string? FindBundled(string name) =>
        Directory.Exists(name) ? null : Bundled.GetValueOrDefault(name);

    /// <summary>Returns the folder of a model, if there can be one in it.</summary>
    /// <exception cref="RunException">It does not exist, is a file, or holds a run that has not ended.</exception>
    public static string Require(string path)
    {
        string full = Path.GetFullPath(path);
        if (!Directory.Exists(full))
        {
            throw new RunException(
                File.Exists(full) ? $"{path}: is a file; a model is the folder that holds it. {Layout}"
                    : $"{path}: there is no such folder.{Meant(full)} {Layout}");
        }

        return File.Exists(Path.Combine(full, ModelConfig.FileName))
            || !File.Exists(Path.Combine(full, RunName, RunOptionsName))
            ? path
            : throw new RunException(
                $"{path}: holds a run that has not ended, and no model yet. Go on with it: orttrainer finetune "
                + $"--resume {path}.");
    }

    private static string Meant(string full)
    {
        string? above = Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(full));
        string[] beside = above is not null && Directory.Exists(above)
            ? [.. Directory.EnumerateDirectories(above).Select(folder => Path.GetFileName(folder))]
            : [];
        return NearestName.Of(Path.GetFileName(Path.TrimEndingDirectorySeparator(full)), [.. Bundled.Keys, .. beside])
            is { } nearest ? $" Did you mean {nearest}?" : "";
    }
}
