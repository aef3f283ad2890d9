using System.Text.Unicode;
using OrtTrainer.Text.Models;

namespace OrtTrainer.Text.Decoding;

/// <summary>
/// Component ByteFallback: runs of tokens such as &lt;0xE2&gt; become the text their bytes spell, or one U+FFFD per
/// byte.
/// </summary>
internal sealed class ByteFallbackDecoder : Decoder
{
    /// <inheritdoc/>
    public override List<string> Decode(List<string> tokens)
    {
        List<string> pieces = new(tokens.Count);
        List<byte> bytes = [];
        foreach (string token in tokens)
        {
            if (ByteTokens.TryParse(token, out byte value))
            {
                bytes.Add(value);
                continue;
            }

            Flush(bytes, pieces);
            pieces.Add(token);
        }

        Flush(bytes, pieces);
        return pieces;
    }

    private static void Flush(List<byte> bytes, List<string> pieces)
    {
        if (bytes.Count == 0)
        {
            return;
        }

        byte[] run = [.. bytes];
        bytes.Clear();
        if (Utf8.IsValid(run))
        {
            pieces.Add(System.Text.Encoding.UTF8.GetString(run));
        }
        else
        {
            pieces.AddRange(Enumerable.Repeat("\uFFFD", run.Length));
        }
    }
}
