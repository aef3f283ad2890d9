using OrtTrainer.Common;
using OrtTrainer.Tasks;

namespace OrtTrainer.Cli.Arguments;

/// <summary>Checks of the folder that <c>--model</c> names, before anything is read from it.</summary>
internal static class ModelFolder
{
    /// <summary>Returns the folder.</summary>
    /// <exception cref="RunException">It does not exist or is a file.</exception>
    public static string Require(string path)
    {
        if (Directory.Exists(path))
        {
            return path;
        }

        string found = File.Exists(path)
            ? "is a file; --model takes the folder that holds it"
            : "there is no such folder";
        throw new RunException(
            $"{path}: {found}. Give a folder in Hugging Face layout: config.json, weights and tokenizer files.");
    }

    /// <summary>Says what no file of the model says and is taken for granted.</summary>
    public static void TellAssumption(ModelTask task, Terminal terminal)
    {
        if (task.Assumption is { } assumed)
        {
            terminal.Note(assumed);
        }
    }
}
