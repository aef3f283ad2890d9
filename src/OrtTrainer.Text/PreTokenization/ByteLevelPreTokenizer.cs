using System.Text;
using OrtTrainer.Text.Alignment;

namespace OrtTrainer.Text.PreTokenization;

/// <summary>
/// Component ByteLevel: cuts as GPT-2 does and writes every UTF-8 byte as one visible character
/// (<see cref="ByteAlphabet"/>).
/// </summary>
internal sealed class ByteLevelPreTokenizer(bool addPrefixSpace, bool useGpt2Pattern) : PreTokenizer
{
    /// <summary>Whether a blank is put before a piece that does not begin with one.</summary>
    public bool AddPrefixSpace => addPrefixSpace;

    /// <summary>Whether words are cut as GPT-2 does; otherwise a piece stays whole.</summary>
    public bool UseGpt2Pattern => useGpt2Pattern;

    /// <inheritdoc/>
    public override PreTokenizer WithoutCutting => new ByteLevelPreTokenizer(addPrefixSpace, useGpt2Pattern: false);

    /// <inheritdoc/>
    protected override void Cut(NormalizedText text, List<NormalizedText> parts)
    {
        if (addPrefixSpace && text.Length > 0 && text.Points[0] != ' ')
        {
            text.Prepend([' ']);
        }

        if (useGpt2Pattern)
        {
            ReadOnlySpan<int> points = text.Points;
            for (int start = 0; start < points.Length;)
            {
                int end = Gpt2Pattern.NextWord(points, start);
                parts.Add(text.Slice(start, end));
                start = end;
            }
        }
        else
        {
            parts.Add(text);
        }

        foreach (NormalizedText part in parts)
        {
            WriteBytes(part);
        }
    }

    private static void WriteBytes(NormalizedText text)
    {
        List<Change> changes = new(text.Length);
        Span<byte> bytes = stackalloc byte[4];
        foreach (int point in text.Points)
        {
            int count = new Rune(point).EncodeToUtf8(bytes);
            for (int i = 0; i < count; i++)
            {
                changes.Add(new Change(ByteAlphabet.ToChar(bytes[i]), i == 0 ? 0 : 1));
            }
        }

        text.Rewrite(changes);
    }
}
