using OrtTrainer.Compilation;

namespace OrtTrainer.Tests.Compilation;

/// <summary>The graphs in artifacts/graphs are those that the commands in artifacts/README.md write today.</summary>
public sealed class ShippedGraphsTests
{
    private static readonly string Artifacts = Path.Combine(SharedFiles.RepositoryRoot, "artifacts");

    private static string[] Commands =>
        [.. File.ReadLines(Path.Combine(Artifacts, "README.md")).Where(line => line.StartsWith("orttrainer compile "))];

    [Test]
    public void Every_folder_has_a_command() => Assert.That(
        Directory.GetDirectories(Path.Combine(Artifacts, "graphs")).Select(folder => Path.GetFileName(folder)!),
        Is.EquivalentTo(Commands.Select(command => Path.GetFileName(command.Split(' ')[^1]))));

    [TestCaseSource(nameof(Commands))]
    public void It_writes_what_is_there(string command)
    {
        using Checkpoints.TemporaryFolder folder = new();
        string[] words = command.Split(' ')[1..];
        string shipped = Path.Combine(SharedFiles.RepositoryRoot, words[^1]);
        int model = Array.IndexOf(words, "--model") + 1;
        words[model] = Path.Combine(SharedFiles.RepositoryRoot, words[model]);
        words[^1] = folder.Path;

        Cli.CliRun.Of(words).Succeeded();

        string[] files = [.. Directory.GetFiles(folder.Path).Select(file => Path.GetFileName(file)!)];
        Assert.That(
            Directory.GetFiles(shipped).Select(file => Path.GetFileName(file)!).Except(["config.json"]),
            Is.EquivalentTo(files));
        foreach (string file in files)
        {
            Assert.That(
                File.ReadAllBytes(Path.Combine(shipped, file)), Is.EqualTo(File.ReadAllBytes(folder.File(file))),
                $"{shipped}/{file} is stale: run {command}");
        }

        Assert.That(() => CompiledGraphs.Open(shipped), Throws.Nothing);
    }
}
