using System.Text.Json;
using OrtTrainer.Cli.Hub;
using OrtTrainer.Hub;
using OrtTrainer.Tests.Cli;

namespace OrtTrainer.Tests.Hub;

/// <summary>Runs that begin from a model on a hub.</summary>
[NonParallelizable]
public sealed class HubRunTests
{
    private const string Word = $"hf:owner/tiny@{LoopbackHub.Commit}";

    [Test]
    public void A_run_from_a_hub_names_the_commit_and_can_be_repeated_without_the_hub()
    {
        using DeskTask desk = new();
        using LoopbackHub hub = new();
        hub.Files.Clear();
        foreach (string file in Directory.EnumerateFiles(desk.Model))
        {
            hub.Files[Path.GetFileName(file)] = File.ReadAllBytes(file);
        }

        using Variables variables = new(
            ("HF_HUB_CACHE", desk.File("cache")), ("HF_ENDPOINT", hub.Address), ("HF_HUB_OFFLINE", null),
            ("HF_TOKEN", null), ("HF_TOKEN_PATH", desk.File("no-token")));
        string[] words = desk.Finetune("run", "--quiet");
        words[Array.IndexOf(words, "--model") + 1] = LoopbackHub.Model;
        IHubServer? server = HubModels.Server;
        HubModels.Server = new HubHttp((_, _) => { });
        try
        {
            CliRun run = CliRun.Of(words);
            Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        }
        finally
        {
            HubModels.Server = server;
        }

        string options = Path.Combine(desk.File("run"), "run", "options.json");
        using JsonDocument written = JsonDocument.Parse(File.ReadAllText(options));
        Assert.That(written.RootElement.GetProperty("model").GetString(), Is.EqualTo(Word));
        using JsonDocument info = JsonDocument.Parse(CliRun.Of("info", desk.File("run"), "--json").Succeeded().Out);
        Assert.That(
            info.RootElement.GetProperty("provenance").GetProperty("base_model").GetString(), Is.EqualTo(Word));

        hub.Dispose();
        CliRun again = CliRun.Of("finetune", "--options", options, "--out", desk.File("again"), "--quiet");
        Assert.That((again.ExitCode, again.Error), Is.EqualTo((0, "")));
        Assert.That(
            File.ReadAllBytes(Path.Combine(desk.File("again"), "model.safetensors")),
            Is.EqualTo(File.ReadAllBytes(Path.Combine(desk.File("run"), "model.safetensors"))));
    }

    private sealed class Variables : IDisposable
    {
        private readonly (string Name, string? Value)[] _before;

        public Variables(params (string Name, string? Value)[] values)
        {
            _before = [.. values.Select(v => (v.Name, Environment.GetEnvironmentVariable(v.Name)))];
            Set(values);
        }

        public void Dispose() => Set(_before);

        private static void Set((string Name, string? Value)[] values)
        {
            foreach ((string name, string? value) in values)
            {
                Environment.SetEnvironmentVariable(name, value);
            }
        }
    }
}
