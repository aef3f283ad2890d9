using System.Globalization;

namespace OrtTrainer.Text.Models;

/// <summary>Tokens that stand for one byte, such as &lt;0xE2&gt;.</summary>
internal static class ByteTokens
{
    /// <summary>The token of a byte.</summary>
    public static string Of(byte value) => $"<0x{value:X2}>";

    /// <summary>The ids of all 256 byte tokens, null for those the vocabulary lacks.</summary>
    public static int?[] Ids(Vocabulary vocabulary)
    {
        int?[] ids = new int?[256];
        for (int value = 0; value < ids.Length; value++)
        {
            ids[value] = vocabulary.Id(Of((byte)value));
        }

        return ids;
    }

    /// <summary>Whether a token stands for a byte, and for which.</summary>
    public static bool TryParse(string token, out byte value)
    {
        value = 0;
        return token.Length == 6
            && token.StartsWith("<0x", StringComparison.Ordinal)
            && token[5] == '>'
            && byte.TryParse(
                token.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
    }
}
