using OrtTrainer.Cli.Hub;
using OrtTrainer.Common;
using OrtTrainer.Hub;
using OrtTrainer.Tests.Cli;

namespace OrtTrainer.Tests.Hub;

/// <summary>Words of models in commands, with the environment of a user.</summary>
[NonParallelizable]
public sealed class HubModelsTests
{
    private const string Word = $"hf:owner/tiny@{LoopbackHub.Commit}";
    private static readonly string[] Variables =
        ["HF_HUB_CACHE", "HF_ENDPOINT", "HF_HUB_OFFLINE", "HF_TOKEN_PATH", "HF_TOKEN"];

    private readonly Dictionary<string, string?> _before = [];
    private IHubServer? _server;
    private LoopbackHub _hub = null!;
    private string _root = null!;

    [SetUp]
    public void Start()
    {
        _hub = new LoopbackHub();
        _root = Directory.CreateTempSubdirectory("orttrainer-hub").FullName;
        foreach (string name in Variables)
        {
            _before[name] = Environment.GetEnvironmentVariable(name);
        }

        Environment.SetEnvironmentVariable("HF_HUB_CACHE", _root);
        Environment.SetEnvironmentVariable("HF_ENDPOINT", _hub.Address);
        Environment.SetEnvironmentVariable("HF_HUB_OFFLINE", null);
        Environment.SetEnvironmentVariable("HF_TOKEN", null);
        Environment.SetEnvironmentVariable("HF_TOKEN_PATH", Path.Combine(_root, "no-token"));
        _server = HubModels.Server;
        HubModels.Server = new HubHttp((_, _) => { });
    }

    [TearDown]
    public void End()
    {
        HubModels.Server = _server;
        foreach ((string name, string? value) in _before)
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        _hub.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Test]
    public void A_word_becomes_the_folder_and_is_pinned_to_its_commit()
    {
        string folder = HubModels.FolderOf(LoopbackHub.Model);

        Assert.That(File.Exists(Path.Combine(folder, "model.safetensors")), Is.True);
        Assert.That(HubModels.Pinned(LoopbackHub.Model), Is.EqualTo(Word));
        Assert.That(HubModels.NameOf(folder), Is.EqualTo(Word));
        Assert.That(HubModels.ShortNameOf(folder), Is.EqualTo("tiny"));
    }

    [Test]
    public void A_folder_stays_what_it_is()
    {
        Assert.That(HubModels.FolderOf("some/folder"), Is.EqualTo("some/folder"));
        Assert.That(HubModels.Pinned("some/folder"), Is.EqualTo(Path.GetFullPath("some/folder")));
        Assert.That(_hub.Requests, Is.Empty);
    }

    [Test]
    public void Offline_what_is_in_the_cache_serves_without_a_question()
    {
        WriteAsPythonDoes();
        Environment.SetEnvironmentVariable("HF_HUB_OFFLINE", "1");

        Assert.That(HubModels.Pinned(LoopbackHub.Model), Is.EqualTo(Word));
        Assert.That(_hub.Requests, Is.Empty);
    }

    [Test]
    public void Offline_what_is_not_in_the_cache_is_missed_in_words()
    {
        Environment.SetEnvironmentVariable("HF_HUB_OFFLINE", "1");

        Assert.That(
            Assert.Throws<RunException>(() => HubModels.FolderOf(LoopbackHub.Model))!.Message,
            Does.Contain("HF_HUB_OFFLINE").And.Contain("orttrainer download"));
        Assert.That(_hub.Requests, Is.Empty);
    }

    [Test]
    public void A_commit_in_a_cache_that_Python_wrote_is_read_without_a_question()
    {
        WriteAsPythonDoes();

        Assert.That(
            HubModels.FolderOf(Word),
            Is.EqualTo(Path.Combine(_root, "models--owner--tiny", "snapshots", LoopbackHub.Commit)));
        Assert.That(_hub.Requests, Is.Empty);
    }

    [Test]
    public void Files_that_Python_fetched_are_not_fetched_again()
    {
        WriteAsPythonDoes();

        HubModels.FolderOf(LoopbackHub.Model);

        Assert.That((_hub.Requests.Count, _hub.FileRequests.Count()), Is.EqualTo((1, 0)));
    }

    [Test]
    public void Where_the_hub_cannot_be_reached_the_cache_serves_and_says_so()
    {
        WriteAsPythonDoes();
        _hub.Dispose();

        CliRun run = CliRun.Of("download", LoopbackHub.Model);

        Assert.That(run.ExitCode, Is.Zero);
        Assert.That(run.Error, Does.Contain("note:").And.Contain($"What is in the cache is used: {Word}"));
    }

    [Test]
    public void Download_prints_the_folder_alone_and_progress_apart()
    {
        CliRun run = CliRun.Of("download", LoopbackHub.Model);

        Assert.That(run.Lines, Is.EqualTo(
            new[] { Path.Combine(_root, "models--owner--tiny", "snapshots", LoopbackHub.Commit) }));
        Assert.That(run.Error, Does.StartWith($"downloading {Word}").And.Contain($"downloaded {Word}"));
        CliRun.Of("download", LoopbackHub.Model, "--quiet").Succeeded();
    }

    [Test]
    public void A_verb_takes_the_word_where_it_takes_a_folder()
    {
        CliRun run = CliRun.Of("predict", "--model", LoopbackHub.Model, "--input", "-");

        // The server's files are no model; that they are read at all is what counts.
        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.Contain(LoopbackHub.Commit));
    }

    [Test]
    public void A_wrong_name_is_refused_before_anything_is_asked()
    {
        CliRun run = CliRun.Of("predict", "--model", "hf:../x", "--input", "-");

        Assert.That((run.ExitCode, _hub.Requests.Count), Is.EqualTo((1, 0)));
        Assert.That(run.Error, Does.Contain("hf:owner/name"));
    }

    /// <summary>The files of a cache after huggingface_hub's snapshot_download, on Unix or, without links, on
    /// Windows.</summary>
    private void WriteAsPythonDoes()
    {
        string model = Path.Combine(_root, "models--owner--tiny");
        string snapshot = Path.Combine(model, "snapshots", LoopbackHub.Commit);
        Directory.CreateDirectory(Path.Combine(model, "blobs"));
        Directory.CreateDirectory(Path.Combine(model, "refs"));
        Directory.CreateDirectory(snapshot);
        File.WriteAllText(Path.Combine(model, "refs", "main"), LoopbackHub.Commit);
        foreach ((string name, byte[] content) in _hub.Files)
        {
            string blob = Path.Combine(model, "blobs", _hub.HashOf(name));
            if (OperatingSystem.IsWindows())
            {
                File.WriteAllBytes(Path.Combine(snapshot, name), content);
                continue;
            }

            File.WriteAllBytes(blob, content);
            File.CreateSymbolicLink(Path.Combine(snapshot, name), $"../../blobs/{_hub.HashOf(name)}");
        }
    }
}
