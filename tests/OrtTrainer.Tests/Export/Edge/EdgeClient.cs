using System.Text.Json.Nodes;

namespace OrtTrainer.Tests.Export.Edge;

/// <summary>The runners in tools/edge, on Node.</summary>
internal static class EdgeClient
{
    /// <summary>Where they are.</summary>
    public static string Folder { get; } = Path.Combine(SharedFiles.RepositoryRoot, "tools", "edge");

    private static readonly Lazy<string?> Missing = new(() => Install(Folder));

    private static readonly Lazy<string?> MissingOfPage = new(() => Install(Path.Combine(Folder, "page")));

    /// <summary>Lines in, lines out. Skips the test where Node or npm is missing.</summary>
    /// <param name="script">Which runner.</param>
    /// <param name="modelFolder">An exported model; null where every line names one.</param>
    /// <param name="lines">What it is asked.</param>
    public static JsonObject[] Run(string script, string? modelFolder, IEnumerable<JsonObject> lines)
    {
        return Answers(Run(
            modelFolder is null ? [script] : [script, modelFolder],
            string.Join('\n', lines.Select(l => l.ToJsonString()))));
    }

    /// <summary>Runs a script, whatever comes of it. Skips the test where Node or npm is missing.</summary>
    /// <param name="arguments">The script, and what it is told.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="ofPage">Whether it needs the packages of the page.</param>
    public static (int Code, string Output, string Error) Run(
        string[] arguments, string input = "", bool ofPage = false)
    {
        if ((ofPage ? MissingOfPage : Missing).Value is { } reason)
        {
            Assert.Ignore(reason);
        }

        return NodePrograms.Start(Folder, "node", arguments, input)
            ?? throw new InvalidOperationException("node was there a moment ago.");
    }

    /// <summary>The lines that a script wrote, if it succeeded.</summary>
    public static JsonObject[] Answers((int Code, string Output, string Error) run)
    {
        Assert.That(run.Code, Is.Zero, run.Error);
        return [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!.AsObject())];
    }

    /// <summary>Fetches the clients, once. The stamp is npm's own and written last.</summary>
    private static string? Install(string folder)
    {
        if (!NodePrograms.AreThere)
        {
            return "Node.js with npm is not there; this test runs exported models in other software on it.";
        }

        FileInfo stamp = new(Path.Combine(folder, "node_modules", ".package-lock.json"));
        DateTime locked = File.GetLastWriteTimeUtc(Path.Combine(folder, "package-lock.json"));
        if (stamp.Exists && stamp.LastWriteTimeUtc >= locked)
        {
            return null;
        }

        (int code, _, string error) =
            NodePrograms.Npm(folder, "ci", "--ignore-scripts", "--no-audit", "--no-fund")!.Value;
        Assert.That(code, Is.Zero, $"npm ci in {folder}: {error}");
        return null;
    }
}
