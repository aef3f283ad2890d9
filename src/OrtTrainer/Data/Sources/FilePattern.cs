using System.Text;
using System.Text.RegularExpressions;

namespace OrtTrainer.Data.Sources;

/// <summary>
/// Files by a pattern: * and ? stand for characters within a name, ** for folders between two slashes. Hidden files are
/// left out.
/// </summary>
internal static class FilePattern
{
    private static readonly char[] Wild = ['*', '?'];

    /// <summary>Whether a path has wildcards.</summary>
    public static bool Is(string path) => path.IndexOfAny(Wild) >= 0;

    /// <summary>The files that a pattern matches, in the order of their paths, character by character.</summary>
    /// <param name="pattern">A path with wildcards, from the folder that is current or from the root.</param>
    public static string[] Files(string pattern)
    {
        string plain = pattern.Replace('\\', '/');
        int wild = plain.IndexOfAny(Wild);
        int slash = plain.LastIndexOf('/', wild);
        string folder = slash < 0 ? "" : plain[..(slash + 1)];
        string rest = plain[(slash + 1)..];
        if (!Directory.Exists(folder.Length == 0 ? "." : folder))
        {
            return [];
        }

        Regex matches = new($"^{Expression(rest)}$", RegexOptions.CultureInvariant);
        SearchOption depth = rest.Contains('/') || rest.Contains("**") ? SearchOption.AllDirectories
            : SearchOption.TopDirectoryOnly;
        return
        [
            .. Directory.EnumerateFiles(folder.Length == 0 ? "." : folder, "*", depth)
                .Select(file => Path.GetRelativePath(folder.Length == 0 ? "." : folder, file).Replace('\\', '/'))
                .Where(file => matches.IsMatch(file) && !file.Split('/').Any(name => name.StartsWith('.')))
                .Order(StringComparer.Ordinal)
                .Select(file => folder + file),
        ];
    }

    private static string Expression(string pattern)
    {
        StringBuilder expression = new();
        for (int i = 0; i < pattern.Length; i++)
        {
            string rest = pattern[i..];
            if (rest.StartsWith("**/", StringComparison.Ordinal))
            {
                expression.Append("(.*/)?");
                i += 2;
            }
            else if (rest.StartsWith("**", StringComparison.Ordinal))
            {
                expression.Append(".*");
                i++;
            }
            else
            {
                expression.Append(pattern[i] switch
                {
                    '*' => "[^/]*",
                    '?' => "[^/]",
                    char other => Regex.Escape(other.ToString()),
                });
            }
        }

        return expression.ToString();
    }
}
