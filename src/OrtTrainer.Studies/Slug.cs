using System.Text;

namespace OrtTrainer.Studies;

/// <summary>Names as folders: readable, and valid on every file system.</summary>
internal static class Slug
{
    /// <summary>Lower-case letters and digits of ASCII, dots and underscores; everything between them is one
    /// hyphen.</summary>
    public static string Of(string name)
    {
        StringBuilder slug = new();
        foreach (char letter in name.ToLowerInvariant())
        {
            if (char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_')
            {
                slug.Append(letter);
            }
            else if (slug.Length > 0 && slug[^1] != '-')
            {
                slug.Append('-');
            }
        }

        return slug.ToString().Trim('-', '.');
    }
}
