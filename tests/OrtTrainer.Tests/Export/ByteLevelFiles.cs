using System.Text.Json.Nodes;

namespace OrtTrainer.Tests.Export;

/// <summary>
/// vocab.json and merges.txt of a RoBERTa tokenizer with the 256 bytes and three merges. \u0120 stands for the space.
/// </summary>
internal static class ByteLevelFiles
{
    public const string Merges = "#version: 0.2\n\u0120 s\n\u0120s t\na r\n";

    public static JsonObject Vocabulary()
    {
        JsonObject ids = new() { ["<s>"] = 0, ["<pad>"] = 1, ["</s>"] = 2, ["<unk>"] = 3 };
        foreach (string token in Bytes().Concat(["\u0120s", "\u0120st", "ar", "<mask>"]))
        {
            ids[token] = ids.Count;
        }

        return ids;
    }

    /// <summary>
    /// Printable Latin-1 stands for itself; the other bytes take the characters from U+0100 on, in order.
    /// </summary>
    private static IEnumerable<string> Bytes()
    {
        int next = 0x100;
        for (int value = 0; value < 256; value++)
        {
            bool printable = value is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE;
            yield return ((char)(printable ? value : next++)).ToString();
        }
    }
}
