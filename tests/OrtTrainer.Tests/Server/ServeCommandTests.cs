using System.Text.Json.Nodes;
using OrtTrainer.Tests.Cli;

namespace OrtTrainer.Tests.Server;

public sealed class ServeCommandTests
{
    [Test]
    public void It_serves_until_it_is_interrupted_and_ends_well()
    {
        using TinyFolder model = new();

        CliRun run = CliRun.InterruptedAt("Serving", "serve", "--model", model.Path, "--port", "0", "--threads", "1");

        Assert.That((run.ExitCode, run.Error), Is.EqualTo((0, "")));
        Assert.That(run.Lines[0],
            Does.Match($@"^Serving {model.Path} \(classification\) at http://127\.0\.0\.1:\d+/; Ctrl-C stops\.$"));
        Assert.That(run.Lines[^1], Is.EqualTo("Stopped."));
    }

    [Test]
    public void With_json_every_line_of_its_output_is_an_event()
    {
        using TinyFolder model = new();

        CliRun run = CliRun.InterruptedAt("started", "serve", "--model", model.Path, "--port", "0", "--json");

        JsonNode[] events = [.. run.Lines.Select(line => JsonNode.Parse(line)!)];
        Assert.That(events.Select(line => (string?)line["event"]),
            Is.EqualTo(new[] { "started", "stopping", "stopped" }));
        Assert.That((string?)events[0]["task"], Is.EqualTo("classification"));
    }

    [Test]
    public void An_address_that_others_reach_is_pointed_out()
    {
        using TinyFolder model = new();

        CliRun run = CliRun.InterruptedAt(
            "Serving", "serve", "--model", model.Path, "--port", "0", "--host", "0.0.0.0");

        Assert.That(run.Error, Does.StartWith("note: 0.0.0.0 can be reached from other machines, and everybody"));
    }

    [Test]
    public async Task A_port_that_is_taken_is_told()
    {
        await using TestServer other = await TestServer.StartAsync();
        using TinyFolder model = new();

        CliRun run = CliRun.Of("serve", "--model", model.Path, "--port", $"{other.Server.Address.Port}");

        Assert.That(run.ExitCode, Is.EqualTo(1));
        Assert.That(run.Error, Does.StartWith($"error: 127.0.0.1:{other.Server.Address.Port} cannot be listened on"));
    }

    [Test]
    public async Task A_check_says_whether_the_server_is_ready()
    {
        await using TestServer server = await TestServer.StartAsync();
        string port = $"{server.Server.Address.Port}";

        Assert.That(CliRun.Of("serve", "--check", "--port", port).Succeeded().Out, Is.EqualTo("ready\n"));
        server.Model.Retire();
        CliRun retired = CliRun.Of("serve", "--check", "--port", port);
        Assert.That((retired.ExitCode, retired.Out), Is.EqualTo((1, "stopping\n")));
        await server.Server.StopAsync();
        CliRun gone = CliRun.Of("serve", "--check", "--port", port);
        Assert.That(gone.ExitCode, Is.EqualTo(1));
        Assert.That(gone.Error, Does.Contain("does not answer"));
    }

    [TestCase("", "--model is missing: give the folder of a fine-tuned model.")]
    [TestCase("--model M --port 70000", "--port is 70000; expected 0 to 65535.")]
    [TestCase("--model M --host shop", "--host is 'shop'; expected an address of this machine, such as 127.0.0.1, or "
        + "0.0.0.0 for all.")]
    [TestCase("--model M --timeout 0", "--timeout is 00:00:00; expected above 0 and at most an hour.")]
    [TestCase("--model M --queue 0", "--queue is 0; expected 1 or more.")]
    [TestCase("--model M --max-body x", "--max-body is 'x'; expected a size above 0, such as 40MB or 1.5GB, at most "
        + "1GiB.")]
    [TestCase("--model M --api-key NO_SUCH_VARIABLE_HERE", "--api-key names the environment variable "
        + "NO_SUCH_VARIABLE_HERE, which is not set. Set it to the key.")]
    [TestCase("--model M --cors example.org/x", "--cors has 'example.org/x'; expected origins such as "
        + "https://example.org, without a path.")]
    public void Bad_usage_is_one_line(string words, string expected)
    {
        CliRun run = CliRun.Of(["serve", .. words.Split(' ', StringSplitOptions.RemoveEmptyEntries)]);

        Assert.That(run, Is.EqualTo(new CliRun(2, "", $"error: {expected}\n")));
    }
}
