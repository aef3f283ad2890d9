using System.Text.RegularExpressions;

namespace OrtTrainer.Tests.Library;

/// <summary>The page docs/library.md and the files its programs are kept in.</summary>
internal static partial class LibraryPage
{
    private static readonly string Folder =
        Path.Combine(SharedFiles.RepositoryRoot, "tests", "OrtTrainer.Tests", "Library", "Programs");

    /// <summary>The study of the page, which lies where its relative paths lead to the embedded data.</summary>
    public static string StudyFile { get; } = Path.Combine(Folder, "study.json");

    /// <summary>Programs by the name of their class.</summary>
    public static IReadOnlyDictionary<string, string> Programs { get; } = Directory.GetFiles(Folder, "*.cs")
        .ToDictionary(file => Path.GetFileNameWithoutExtension(file), ReadText);

    /// <summary>What stands between fences that name a language, such as <c>csharp</c>.</summary>
    public static IReadOnlyList<string> Blocks(string language) =>
        [.. Fences().Matches(ReadText(Path.Combine(SharedFiles.RepositoryRoot, "docs", "library.md")))
            .Where(fence => fence.Groups["language"].Value == language).Select(fence => fence.Groups["text"].Value)];

    /// <summary>A file's text, whatever its line ends became on checkout.</summary>
    public static string ReadText(string file) => File.ReadAllText(file).ReplaceLineEndings("\n");

    [GeneratedRegex("^```(?<language>[a-z]+)\n(?<text>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fences();
}
