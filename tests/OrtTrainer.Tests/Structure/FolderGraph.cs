using System.Text.RegularExpressions;

namespace OrtTrainer.Tests.Structure;

/// <summary>
/// Which folders of a project use which, read from its sources. A folder is one of the project's own, with all below
/// it; files beside the project file are of the folder <c>.</c>. A file uses a folder if it has a using line of its
/// namespace or names one of its types by that namespace. Types of <c>.</c> need neither, as every namespace of the
/// project lies within theirs; a file uses <c>.</c> if it names one of them outside comments and texts.
/// </summary>
internal sealed partial class FolderGraph
{
    /// <summary>The folder of the files beside the project file.</summary>
    public const string Root = ".";

    private readonly SortedDictionary<string, SortedDictionary<string, string>> _uses = new(StringComparer.Ordinal);

    /// <param name="rootNamespace">The project's, such as <c>OrtTrainer</c>.</param>
    /// <param name="sources">Files by their path below the project, with <c>/</c>; what is in them.</param>
    public FolderGraph(string rootNamespace, IReadOnlyDictionary<string, string> sources)
    {
        ILookup<string, string> types = sources.ToLookup(
            source => FolderOf(source.Key), source => Path.GetFileName(source.Key).Split('.')[0]);
        Regex[] namesRoot = [.. types[Root].Select(type => new Regex($@"\b{Regex.Escape(type)}\b"))];
        foreach ((string path, string text) in sources)
        {
            string from = FolderOf(path);
            string code = CommentsAndTexts().Replace(text, "");
            IEnumerable<string> used = types.Select(folder => folder.Key).Where(folder => folder == Root
                ? namesRoot.Any(type => type.IsMatch(code))
                : Names(code, rootNamespace, folder, types[folder]));
            foreach (string to in used.Where(to => to != from))
            {
                UsesOf(from).TryAdd(to, path);
            }
        }
    }

    /// <summary>The graph of a project of this repository.</summary>
    /// <param name="rootNamespace">Its namespace, which is the name of its folder in <c>src</c> too.</param>
    public static FolderGraph Of(string rootNamespace)
    {
        string project = Path.Combine(SharedFiles.RepositoryRoot, "src", rootNamespace);
        return new(rootNamespace, Directory.EnumerateFiles(project, "*.cs", SearchOption.AllDirectories)
            .Select(file => (file, path: Path.GetRelativePath(project, file).Replace('\\', '/')))
            .Where(source => FolderOf(source.path) is not ("bin" or "obj"))
            .ToDictionary(source => source.path, source => File.ReadAllText(source.file)));
    }

    /// <summary>The folders that a folder uses.</summary>
    public IEnumerable<string> Uses(string folder) => UsesOf(folder).Keys;

    /// <summary>
    /// A way from a folder back to itself, one line for each step with a file that takes it; empty where there is none.
    /// </summary>
    /// <param name="withRoot">Whether a way may lead through the files beside the project file.</param>
    public IReadOnlyList<string> FindCircle(bool withRoot = true)
    {
        HashSet<string> clear = withRoot ? [] : [Root];
        return _uses.Keys.Except(clear).ToArray()
            .Select(folder => FindCircle([folder], clear)).FirstOrDefault(circle => circle.Count > 0) ?? [];
    }

    private IReadOnlyList<string> FindCircle(IReadOnlyList<string> way, HashSet<string> clear)
    {
        foreach (string next in Uses(way[^1]).Where(next => !clear.Contains(next)))
        {
            int start = way.ToList().IndexOf(next);
            IReadOnlyList<string> circle = start >= 0
                ? Lines([.. way.Skip(start), next])
                : FindCircle([.. way, next], clear);
            if (circle.Count > 0)
            {
                return circle;
            }
        }

        clear.Add(way[^1]);
        return [];
    }

    private string[] Lines(string[] circle) =>
        [.. circle.Zip(circle.Skip(1), (from, to) => $"{from} -> {to} in {_uses[from][to]}")];

    private SortedDictionary<string, string> UsesOf(string folder) =>
        _uses.TryGetValue(folder, out var known) ? known : _uses[folder] = new(StringComparer.Ordinal);

    private static bool Names(string code, string rootNamespace, string folder, IEnumerable<string> types) =>
        Regex.IsMatch(code, $@"(?m)^(global )?using (static |\w+ = )?{Regex.Escape(rootNamespace)}\.{folder}\b")
        || Regex.Matches(code, $@"\b{Regex.Escape(folder)}\.(?:\w+\.)*?(?<type>[A-Z]\w*)\b")
            .Any(name => types.Contains(name.Groups["type"].Value));

    private static string FolderOf(string path) => path.Contains('/') ? path.Split('/')[0] : Root;

    [GeneratedRegex("""
        //.*|/\*[\s\S]*?\*/|"(\\.|[^"\\\n])*"
        """)]
    private static partial Regex CommentsAndTexts();
}
