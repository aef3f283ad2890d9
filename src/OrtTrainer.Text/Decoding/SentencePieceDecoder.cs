using System.Buffers;
using System.Text;
using OrtTrainer.Text.Models;

namespace OrtTrainer.Text.Decoding;

/// <summary>
/// The SentencePiece library's decoding: control pieces vanish, byte pieces are UTF-8 (each invalid byte one U+FFFD),
/// U+2581 is a blank but for the one the tokenizer put in front.
/// </summary>
internal sealed class SentencePieceDecoder(
    IReadOnlySet<string> controls, string unknown, string unknownSurface, bool stripsFirstBlank, bool stripsBlanks)
    : Decoder
{
    private const char Blank = '\u2581';

    /// <inheritdoc/>
    public override List<string> Decode(List<string> tokens)
    {
        StringBuilder text = new();
        List<byte> bytes = [];
        bool atStart = true;
        bool blankSeen = false;
        foreach (string token in tokens)
        {
            if (ByteTokens.TryParse(token, out byte value))
            {
                bytes.Add(value);
                continue;
            }

            Flush(bytes, text);
            atStart &= !blankSeen && text.Length == 0;
            text.Append(Surface(token, atStart && stripsFirstBlank, out bool stripped));
            blankSeen = stripped && !stripsBlanks;
        }

        Flush(bytes, text);
        return [text.ToString()];
    }

    private static void Flush(List<byte> bytes, StringBuilder text)
    {
        ReadOnlySpan<byte> rest = [.. bytes];
        bytes.Clear();
        while (!rest.IsEmpty)
        {
            bool valid = Rune.DecodeFromUtf8(rest, out Rune rune, out int used) == OperationStatus.Done;
            text.Append(valid ? rune.ToString() : "\uFFFD");
            rest = rest[(valid ? used : 1)..];
        }
    }

    private string Surface(string token, bool strips, out bool stripped)
    {
        stripped = false;
        if (controls.Contains(token))
        {
            return "";
        }

        if (token == unknown)
        {
            return unknownSurface;
        }

        stripped = strips && token.StartsWith(Blank);
        return (stripped ? token[1..] : token).Replace(Blank, ' ');
    }
}
