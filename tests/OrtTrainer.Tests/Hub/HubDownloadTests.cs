using OrtTrainer.Cli.Hub;
using OrtTrainer.Common;
using OrtTrainer.Hub;

namespace OrtTrainer.Tests.Hub;

/// <summary>Downloads over real connections from a server on this machine.</summary>
public sealed class HubDownloadTests
{
    private readonly List<TimeSpan> _pauses = [];
    private LoopbackHub _hub = null!;
    private HubHttp _http = null!;
    private string _root = null!;

    [SetUp]
    public void Start()
    {
        _hub = new LoopbackHub();
        _pauses.Clear();
        _http = new HubHttp((pause, _) => _pauses.Add(pause));
        _root = Directory.CreateTempSubdirectory("orttrainer-hub").FullName;
    }

    [TearDown]
    public void End()
    {
        _http.Dispose();
        _hub.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Test]
    public void Configuration_tokenizer_and_safetensors_come_and_neither_pickles_nor_code()
    {
        (string folder, HubName pinned) = Download();

        Assert.That(Names(folder), Is.EqualTo(new[] { "config.json", "model.safetensors", "tokenizer.json" }));
        Assert.That(pinned.ToString(), Is.EqualTo($"hf:owner/tiny@{LoopbackHub.Commit}"));
        foreach (string name in Names(folder))
        {
            Assert.That(File.ReadAllBytes(Path.Combine(folder, name)), Is.EqualTo(_hub.Files[name]), name);
        }
    }

    [Test]
    public void The_cache_has_the_layout_that_other_tools_share()
    {
        (string folder, _) = Download();

        string model = Path.Combine(_root, "models--owner--tiny");
        Assert.That(folder, Is.EqualTo(Path.Combine(model, "snapshots", LoopbackHub.Commit)));
        Assert.That(File.ReadAllText(Path.Combine(model, "refs", "main")), Is.EqualTo(LoopbackHub.Commit));
        Assert.That(
            Names(Path.Combine(model, "blobs")),
            Is.EquivalentTo(new[] { "config.json", "model.safetensors", "tokenizer.json" }.Select(_hub.HashOf)));
        if (!OperatingSystem.IsWindows())
        {
            Assert.That(
                new FileInfo(Path.Combine(folder, "config.json")).LinkTarget,
                Is.EqualTo($"../../blobs/{_hub.HashOf("config.json")}"));
        }
    }

    [Test]
    public void What_is_there_is_not_asked_for_again()
    {
        Download();
        int before = _hub.FileRequests.Count();
        Download();

        Assert.That((before, _hub.FileRequests.Count()), Is.EqualTo((3, 3)));
    }

    [Test]
    public void A_cut_connection_is_gone_on_with_from_where_it_broke()
    {
        _hub.Cuts.Enqueue(100_000);
        _hub.Cuts.Enqueue(50_000);

        (string folder, _) = Download();

        string?[] ranges =
            [.. _hub.FileRequests.Where(r => r.Path.EndsWith(".safetensors", StringComparison.Ordinal))
                .Select(r => r.Range)];
        Assert.That(ranges, Has.Length.EqualTo(3));
        Assert.That(ranges[0], Is.Null);
        Assert.That(ranges.Skip(1), Has.All.StartsWith("bytes="));
        Assert.That(
            File.ReadAllBytes(Path.Combine(folder, "model.safetensors")),
            Is.EqualTo(_hub.Files["model.safetensors"]));
    }

    [Test]
    public void A_later_call_goes_on_with_what_an_earlier_one_left()
    {
        LeaveIncomplete(_hub.Files["model.safetensors"][..123_456]);

        Download();

        Assert.That(_hub.FileRequests.Select(r => r.Range), Has.Member("bytes=123456-"));
    }

    [Test]
    public void A_server_without_ranges_sends_all_again()
    {
        _hub.AcceptsRanges = false;
        LeaveIncomplete(_hub.Files["model.safetensors"][..1000]);

        (string folder, _) = Download();

        Assert.That(
            File.ReadAllBytes(Path.Combine(folder, "model.safetensors")),
            Is.EqualTo(_hub.Files["model.safetensors"]));
    }

    [TestCase("model.safetensors")]
    [TestCase("config.json")]
    public void Content_of_another_hash_is_thrown_away(string damaged)
    {
        _hub.Sent = (name, content) => name == damaged ? [(byte)(content[0] ^ 1), .. content[1..]] : content;

        RunException failure = Assert.Throws<RunException>(() => Download())!;

        Assert.That(failure.Message, Does.Contain(damaged).And.Contain("hash"));
        Assert.That(Left(), Has.None.Contains(_hub.HashOf(damaged)));
        Assert.That(Directory.Exists(Path.Combine(_root, "models--owner--tiny", "refs")), Is.False);
    }

    [Test]
    public void A_damaged_beginning_of_an_earlier_call_is_not_gone_on_with_twice()
    {
        LeaveIncomplete(new byte[1000]);

        Assert.Throws<RunException>(() => Download());
        Assert.DoesNotThrow(() => Download());
    }

    [Test]
    public void More_bytes_than_are_listed_are_refused()
    {
        _hub.Sent = (name, content) => name == "config.json" ? [.. content, 32] : content;

        Assert.That(
            Assert.Throws<RunException>(() => Download())!.Message,
            Does.Contain("config.json as 23 bytes, but 22 are listed"));
    }

    [Test]
    public void A_token_goes_to_the_hub_and_not_to_where_it_redirects()
    {
        using LoopbackHub cdn = new();
        cdn.Files["model.safetensors"] = _hub.Files["model.safetensors"];
        using LoopbackHub front = new() { Cdn = cdn.Address };
        front.Files["model.safetensors"] = _hub.Files["model.safetensors"];

        Download(Settings(front) with { Token = "hf_secret" });

        Assert.That(front.Requests.Select(r => r.Authorization), Has.All.EqualTo("Bearer hf_secret"));
        Assert.That(cdn.Requests.Select(r => (r.Path, r.Authorization)),
            Is.EqualTo(new[] { ($"/cdn/{LoopbackHub.Commit}/model.safetensors", (string?)null) }));
    }

    [Test]
    public void A_rate_limit_is_waited_for_as_long_as_the_server_says()
    {
        _hub.Refusals.Enqueue((429, [("Retry-After", "7")]));
        _hub.Refusals.Enqueue((503, []));

        Download();

        Assert.That(_pauses, Has.Count.EqualTo(2));
        Assert.That(_pauses[0], Is.EqualTo(TimeSpan.FromSeconds(7)));
    }

    [Test]
    public void A_rate_limit_without_end_ends_in_words()
    {
        for (int i = 0; i < 5; i++)
        {
            _hub.Refusals.Enqueue((429, []));
        }

        Assert.That(
            Assert.Throws<HubUnreachableException>(() => Download())!.Message,
            Does.Contain("too many requests (429)").And.Contain("HF_TOKEN"));
    }

    [TestCase(401, "", "private (401)", "HF_TOKEN")]
    [TestCase(403, "", "gated", "HF_TOKEN")]
    [TestCase(401, "GatedRepo", "gated", "conditions")]
    [TestCase(404, "", "no such model (404)", "name")]
    [TestCase(404, "RevisionNotFound", "no revision main", "branch")]
    public void Refusals_are_said_in_words(int status, string code, string found, string advice)
    {
        _hub.Refusals.Enqueue((status, code.Length > 0 ? [("X-Error-Code", code)] : []));

        Assert.That(
            Assert.Throws<RunException>(() => Download())!.Message, Does.Contain(found).And.Contain(advice));
        Assert.That(_pauses, Is.Empty);
    }

    [TestCase("../../outside.json")]
    [TestCase("/tmp/outside.json")]
    [TestCase("..\\outside.json")]
    public void Names_that_lead_out_of_the_folder_are_refused(string hostile)
    {
        _hub.Files["1_Pooling/config.json"] = [1];
        _hub.Listed = name => name == "1_Pooling/config.json" ? hostile : name;
        if (!hostile.Contains(".."))
        {
            // Names that are not chosen are not looked at further; this one is never written.
            (string folder, _) = Download();
            Assert.That(Names(folder), Has.Length.EqualTo(3));
            return;
        }

        Assert.That(Assert.Throws<RunException>(() => Download())!.Message, Does.Contain(hostile));
        Assert.That(Left(), Is.Empty);
    }

    [Test]
    public void A_listing_without_hashes_is_refused()
    {
        _hub.ListsHashes = false;

        Assert.That(Assert.Throws<RunException>(() => Download())!.Message, Does.Contain("no size and hash"));
    }

    [Test]
    public void Pickles_alone_are_refused_with_what_to_do()
    {
        _hub.Files.Remove("model.safetensors");

        Assert.That(
            Assert.Throws<RunException>(() => Download())!.Message,
            Does.Contain("pytorch_model.bin").And.Contain("refs/pr/N"));
        Assert.That(_hub.FileRequests, Is.Empty);
    }

    [Test]
    [Repeat(20)]
    public void Two_that_find_all_but_the_links_enter_them_one_after_the_other()
    {
        Download();
        foreach (string folder in new[] { "refs", "snapshots" })
        {
            Directory.Delete(Path.Combine(_root, "models--owner--tiny", folder), recursive: true);
        }

        Task[] both = [Task.Run(() => Download()), Task.Run(() => Download())];

        Assert.DoesNotThrow(() => Task.WaitAll(both));
    }

    [Test]
    public void Two_at_once_download_each_file_once()
    {
        Task[] both = [Task.Run(() => Download()), Task.Run(() => Download())];
        Task.WaitAll(both);

        Assert.That(_hub.FileRequests.GroupBy(r => r.Path).Select(same => same.Count()), Has.All.EqualTo(1));
    }

    [Test]
    public void Nobody_at_the_address_is_said_with_the_reason()
    {
        HubSettings settings = Settings(_hub);
        _hub.Dispose();

        Assert.That(
            Assert.Throws<HubUnreachableException>(() => Download(settings))!.Message,
            Does.Contain("cannot be used now").And.Contain("HTTPS_PROXY"));
        Assert.That(_pauses, Has.Count.EqualTo(4));
    }

    [Test]
    public void Cancelling_keeps_what_is_there()
    {
        using CancellationTokenSource source = new();
        HubDownload download = new(_http, Settings(_hub), new CancellingWatch(source), source.Token);

        Assert.Catch<OperationCanceledException>(
            () => download.Run(HubName.Parse(LoopbackHub.Model), HubContent.Weights));

        Assert.That(Left(), Has.Some.EndsWith(".incomplete"));
        Assert.DoesNotThrow(() => Download());
    }

    private (string Folder, HubName Pinned) Download(HubSettings? settings = null) =>
        new HubDownload(_http, settings ?? Settings(_hub), null, default)
            .Run(HubName.Parse(LoopbackHub.Model), HubContent.Weights);

    private HubSettings Settings(LoopbackHub hub) => HubSettings.Of(name => name switch
    {
        "HF_ENDPOINT" => hub.Address,
        "HF_HUB_CACHE" => _root,
        "HF_TOKEN_PATH" => Path.Combine(_root, "no-token"),
        _ => null,
    });

    private void LeaveIncomplete(byte[] beginning)
    {
        string blobs = Path.Combine(_root, "models--owner--tiny", "blobs");
        Directory.CreateDirectory(blobs);
        File.WriteAllBytes(
            Path.Combine(blobs, _hub.HashOf("model.safetensors") + ".incomplete"), beginning);
    }

    private string[] Left() => Directory.Exists(Path.Combine(_root, "models--owner--tiny"))
        ? Directory.GetFiles(Path.Combine(_root, "models--owner--tiny"), "*", SearchOption.AllDirectories) : [];

    private static string[] Names(string folder) =>
        [.. Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)];

    private sealed class CancellingWatch(CancellationTokenSource source) : IHubWatch
    {
        public void Report(HubProgress progress)
        {
            if (progress is { File: "model.safetensors", Done: > 1000 })
            {
                source.Cancel();
            }
        }

        public void Note(string message)
        {
        }
    }
}
