using OrtTrainer.Tests.Models;

namespace OrtTrainer.Tests.Generation;

/// <summary>Folders of models that write, with tokenizers whose tokens are words.</summary>
internal static class WritingModels
{
    private const int Vocabulary = 120;

    /// <summary>Encoder-decoders that the repository makes itself, and those of the reference.</summary>
    public static IReadOnlyList<string> EncoderDecoders { get; } =
        ["t5", "t5-v1.1", "bart", "bart-scaled", "t5-seq2seq", "bart-seq2seq"];

    /// <summary>Writes a model into a folder; skips the test where it is of a reference that is not there.</summary>
    public static void Write(string folder, string kind)
    {
        if (TinyEncoderDecoder.Fields.ContainsKey(kind))
        {
            TinyEncoderDecoder.Write(folder, kind);
            return;
        }

        string golden = SharedFiles.Golden("models", kind);
        Directory.CreateDirectory(folder);
        foreach (string file in new[] { "config.json", "generation_config.json", "model.safetensors" })
        {
            File.WriteAllBytes(Path.Combine(folder, file), File.ReadAllBytes(Path.Combine(golden, file)));
        }

        string[] special = kind switch
        {
            "t5-seq2seq" => ["<pad>", "</s>", "<unk>"],
            "bart-seq2seq" => ["<s>", "<pad>", "</s>", "<unk>"],
            _ => ["</s>", "<unk>"],
        };
        int end = Array.IndexOf(special, "</s>");
        WordTokenizer.Write(
            folder,
            [.. special, .. Enumerable.Range(special.Length, Vocabulary - special.Length).Select(id => $"w{id}")],
            unknown: special.Length - 1, before: special[0] == "<s>" ? 0 : null, behind: end > 0 ? end : null, end);
    }

    /// <summary>Texts of several lengths in the words of a model.</summary>
    public static string[] Texts(string kind, int count, int most)
    {
        string[] words = TinyEncoderDecoder.Fields.ContainsKey(kind)
            ? TinyEncoderDecoder.Words
            : [.. Enumerable.Range(4, Vocabulary - 4).Select(id => $"w{id}")];
        return
        [
            .. Enumerable.Range(0, count).Select(text => string.Join(' ', Enumerable.Range(0, 1 + (text % most))
                .Select(word => words[((text * 7) + (word * word * 5) + word) % words.Length]))),
        ];
    }
}
