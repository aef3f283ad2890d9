using System.Text.Json.Nodes;

namespace OrtTrainer.Tests.Export.Edge;

/// <summary>The runners in tools/edge, on Node.</summary>
internal static class EdgeClient
{
    private static readonly string Folder = Path.Combine(SharedFiles.RepositoryRoot, "tools", "edge");

    private static readonly Lazy<string?> Missing = new(Install);

    /// <summary>Lines in, lines out. Skips the test where Node or npm is missing.</summary>
    /// <param name="script">Which runner.</param>
    /// <param name="modelFolder">An exported model; null where every line names one.</param>
    /// <param name="lines">What it is asked.</param>
    public static JsonObject[] Run(string script, string? modelFolder, IEnumerable<JsonObject> lines)
    {
        if (Missing.Value is { } reason)
        {
            Assert.Ignore(reason);
        }

        (int code, string output, string error) =
            NodePrograms.Start(
                Folder, "node", modelFolder is null ? [script] : [script, modelFolder],
                string.Join('\n', lines.Select(l => l.ToJsonString())))
            ?? throw new InvalidOperationException("node was there a moment ago.");
        Assert.That(code, Is.Zero, error);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!.AsObject())];
    }

    /// <summary>Fetches the clients, once. The stamp is npm's own and written last.</summary>
    private static string? Install()
    {
        if (!NodePrograms.AreThere)
        {
            return "Node.js with npm is not there; this test runs exported models in other software on it.";
        }

        FileInfo stamp = new(Path.Combine(Folder, "node_modules", ".package-lock.json"));
        DateTime locked = File.GetLastWriteTimeUtc(Path.Combine(Folder, "package-lock.json"));
        if (stamp.Exists && stamp.LastWriteTimeUtc >= locked)
        {
            return null;
        }

        (int code, _, string error) =
            NodePrograms.Npm(Folder, "ci", "--ignore-scripts", "--no-audit", "--no-fund")!.Value;
        Assert.That(code, Is.Zero, $"npm ci in {Folder}: {error}");
        return null;
    }
}
