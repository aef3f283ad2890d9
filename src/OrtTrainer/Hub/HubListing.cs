using System.Text.Json;
using OrtTrainer.Common;

namespace OrtTrainer.Hub;

/// <summary>What a hub has of a model at a commit.</summary>
/// <param name="Commit">The commit that the revision stands for.</param>
/// <param name="Files">Its files, in the server's order.</param>
internal sealed record HubListing(string Commit, IReadOnlyList<HubFile> Files)
{
    /// <summary>
    /// Reads the answer to <c>/api/models/{repository}/revision/{revision}?blobs=true</c>: <c>sha</c> and
    /// <c>siblings</c> of <c>rfilename</c>, <c>size</c>, <c>blobId</c> and, for large files, <c>lfs.sha256</c>.
    /// </summary>
    /// <exception cref="RunException">It is no such answer.</exception>
    public static HubListing Parse(HubName model, string json)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(json);
            string commit = document.RootElement.GetProperty("sha").GetString() ?? "";
            if (!HubName.IsCommit(commit))
            {
                throw new FormatException($"the commit is '{commit}'");
            }

            return new HubListing(
                commit, [.. document.RootElement.GetProperty("siblings").EnumerateArray().Select(FileOf)]);
        }
        catch (Exception e) when (e is JsonException or KeyNotFoundException or InvalidOperationException
            or FormatException)
        {
            throw new RunException($"{model}: the server's answer is not that of a model hub ({e.Message}). Check "
                + "HF_ENDPOINT and the proxy.", e);
        }
    }

    private static HubFile FileOf(JsonElement file)
    {
        bool isLarge = file.TryGetProperty("lfs", out JsonElement large) && large.ValueKind == JsonValueKind.Object;
        string name = file.GetProperty("rfilename").GetString() ?? "";
        return isLarge
            ? new HubFile(name, Size(large) ?? Size(file) ?? -1, Text(large, "sha256") ?? Text(large, "oid") ?? "")
            : new HubFile(name, Size(file) ?? -1, Text(file, "blobId") ?? "");
    }

    private static long? Size(JsonElement owner) =>
        owner.TryGetProperty("size", out JsonElement size) && size.ValueKind == JsonValueKind.Number
            ? size.GetInt64() : null;

    private static string? Text(JsonElement owner, string name) =>
        owner.TryGetProperty(name, out JsonElement text) && text.ValueKind == JsonValueKind.String
            ? text.GetString() : null;
}
