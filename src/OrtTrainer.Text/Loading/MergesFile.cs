using System.Text.Json;
using OrtTrainer.Text.Models;

namespace OrtTrainer.Text.Loading;

/// <summary>Reads the two files of GPT-2's BPE: a vocabulary in JSON and a text file of merges.</summary>
internal static class MergesFile
{
    /// <summary>The model of a vocabulary and a merges file.</summary>
    /// <exception cref="InvalidDataException">A file is malformed, or the two do not belong together.</exception>
    public static BpeModel Read(string vocabularyPath, string mergesPath)
    {
        Vocabulary vocabulary = ReadVocabulary(vocabularyPath);
        try
        {
            return new BpeModel(vocabulary, ReadMerges(mergesPath), new BpeOptions());
        }
        catch (UnknownMergeException exception)
        {
            throw new InvalidDataException(
                $"{mergesPath}: {exception.Message}; does it belong to {Path.GetFileName(vocabularyPath)}?", exception);
        }
    }

    private static Vocabulary ReadVocabulary(string path)
    {
        JsonField root = JsonField.ReadFile(path);
        return root.Kind == JsonValueKind.Object
            ? new Vocabulary(root.Fields().Select(entry => KeyValuePair.Create(entry.Name, entry.Value.Id())))
            : throw root.Expected("an object of tokens and ids");
    }

    private static IEnumerable<(string Left, string Right)> ReadMerges(string path)
    {
        int number = 0;
        foreach (string line in File.ReadLines(path))
        {
            number++;
            if (line.Length == 0 || (number == 1 && line.StartsWith("#version", StringComparison.Ordinal)))
            {
                continue;
            }

            string[] parts = line.Split(' ');
            yield return parts.Length == 2
                ? (parts[0], parts[1])
                : throw new InvalidDataException($"{path}, line {number}: '{line}' is not two tokens with a blank between them.");
        }
    }
}
