using System.Text.Json;
using System.Text.Json.Nodes;

namespace OrtTrainer.Tests.Artifacts;

/// <summary>
/// The training build of ONNX Runtime 1.19.2 on Node, by a program outside the repository that loads a folder of files
/// for devices, trains and prints what it did.
/// </summary>
internal static class TrainingRuntime
{
    private static readonly Lazy<(string? Folder, string? Reason)> Program = new(Install);

    /// <summary>Runs it; skips the test where it, Node or npm is missing.</summary>
    /// <param name="arguments">The folder, the batches, and options.</param>
    /// <returns>What it printed, a line each.</returns>
    public static IReadOnlyList<JsonObject> Run(params string[] arguments)
    {
        (int code, string output, string error) = Start(arguments);
        Assert.That(code, Is.Zero, output + error);
        return Lines(output);
    }

    /// <summary>The losses of the steps that were printed.</summary>
    public static double[] Losses(IEnumerable<JsonObject> lines) =>
        [.. lines.Where(line => line["step"] is not null && line["event"] is null)
            .Select(line => line["loss"]!.GetValue<double>())];

    /// <summary>The line of an event.</summary>
    public static JsonObject Event(IEnumerable<JsonObject> lines, string name) =>
        lines.Last(line => line["event"]?.GetValue<string>() == name);

    private static JsonObject[] Lines(string output) =>
    [
        .. output.Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line, documentOptions: new JsonDocumentOptions())!.AsObject()),
    ];

    private static (int Code, string Output, string Error) Start(string[] arguments)
    {
        (string? folder, string? reason) = Program.Value;
        if (folder is null)
        {
            Assert.Ignore(reason!);
        }

        return NodePrograms.Start(folder, "node", ["oracle.mjs", .. arguments])!.Value;
    }

    /// <summary>Copies the program and fetches the runtime, once for all tests of this user.</summary>
    private static (string? Folder, string? Reason) Install()
    {
        string source = Path.Combine(SharedFiles.Goldens, "..", "tools", "ort-training-oracle");
        if (!Directory.Exists(source))
        {
            return (null, $"{Path.GetFullPath(source)} is not there; this test trains on ONNX Runtime 1.19.2 by it.");
        }

        if (!NodePrograms.AreThere)
        {
            return (null, "Node.js with npm is not there; this test trains on ONNX Runtime 1.19.2 on it.");
        }

        string folder = Path.Combine(Path.GetTempPath(), "orttrainer-training-runtime");
        Directory.CreateDirectory(Path.Combine(folder, "lib"));
        using FileStream alone = Lock(Path.Combine(folder, "lock"));
        foreach (string file in Directory.GetFiles(source, "*.*", SearchOption.AllDirectories)
            .Where(file => Path.GetExtension(file) is ".mjs" or ".json"))
        {
            File.WriteAllBytes(Path.Combine(folder, Path.GetRelativePath(source, file)), File.ReadAllBytes(file));
        }

        if (File.Exists(Path.Combine(folder, "node_modules", ".package-lock.json")))
        {
            return (folder, null);
        }

        (int code, _, string error) = NodePrograms.Npm(
            folder, "install", "--ignore-scripts", "--no-audit", "--no-fund")!.Value;
        return code == 0 ? (folder, null) : (null, $"npm could not fetch ONNX Runtime 1.19.2: {error}");
    }

    private static FileStream Lock(string path)
    {
        while (true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException)
            {
                Thread.Sleep(200);
            }
        }
    }
}
