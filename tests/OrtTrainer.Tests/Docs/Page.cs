using System.Text.RegularExpressions;

namespace OrtTrainer.Tests.Docs;

/// <summary>A page of the documentation, as it lies in the repository.</summary>
/// <param name="Name">Its path from the repository's root, with forward slashes.</param>
/// <param name="Text">All of it.</param>
internal sealed partial record Page(string Name, string Text)
{
    /// <summary>The pages that readers see: README.md and its like, those of docs and of its methods.</summary>
    public static IReadOnlyList<Page> All { get; } =
    [
        .. new[]
        {
            "README.md", "artifacts/README.md", "onnx-models/embedded/README.md", "tools/edge/README.md",
        }.Concat(NamesIn("docs")).Concat(NamesIn("docs/methods")).Select(Read),
    ];

    /// <summary>Where links of the page begin.</summary>
    public string Base => Path.GetDirectoryName(Path.Combine(SharedFiles.RepositoryRoot, Name))!;

    /// <summary>What stands between fences, in order.</summary>
    public IReadOnlyList<PageBlock> Blocks =>
        [.. Fences().Matches(Text).Select(fence => new PageBlock(
            fence.Groups["language"].Value, fence.Groups["text"].Value, fence.Groups["reason"].Value,
            Text[..fence.Groups["text"].Index].Count(character => character == '\n') + 1))];

    /// <summary>The page without what stands between fences and single backquotes.</summary>
    public string Prose => Codes().Replace(Fences().Replace(Text, ""), "");

    /// <summary>Reads a page by its path from the repository's root.</summary>
    public static Page Read(string name) =>
        new(name, File.ReadAllText(Path.Combine(SharedFiles.RepositoryRoot, name)).ReplaceLineEndings("\n"));

    /// <inheritdoc/>
    public override string ToString() => Name;

    private static IEnumerable<string> NamesIn(string folder) =>
        Directory.GetFiles(Path.Combine(SharedFiles.RepositoryRoot, folder), "*.md")
            .Order(StringComparer.Ordinal).Select(file => $"{folder}/{Path.GetFileName(file)}");

    [GeneratedRegex("^(?:<!-- not run: (?<reason>[^\n]+) -->\n)?```(?<language>[a-z]*)\n(?<text>.*?)^```$",
        RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Fences();

    [GeneratedRegex("`[^`\n]*`")]
    private static partial Regex Codes();
}

/// <summary>What stands between two fences of a page.</summary>
/// <param name="Language">The word after the fence, or an empty one.</param>
/// <param name="Text">The lines, each with its end.</param>
/// <param name="NotRun">Why its commands are not run; empty where they are.</param>
/// <param name="Line">The first line's number in the page.</param>
internal sealed record PageBlock(string Language, string Text, string NotRun, int Line)
{
    /// <summary>Whether it has commands to run.</summary>
    public bool IsRun => Language == "sh" && NotRun.Length == 0;
}
