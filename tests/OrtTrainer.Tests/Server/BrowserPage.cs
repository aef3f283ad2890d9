using System.Diagnostics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using OrtTrainer.Tests.Reports;

namespace OrtTrainer.Tests.Server;

/// <summary>A page in a Chromium without a window, driven by its debugging protocol: keys, scripts, sizes.</summary>
internal sealed class BrowserPage : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private readonly Process _process;
    private readonly string _profile;
    private readonly ClientWebSocket _socket = new();
    private readonly List<string> _said = [];
    private int _calls;

    private BrowserPage(Process process, string profile) => (_process, _profile) = (process, profile);

    /// <summary>What its console said, and what went wrong in it.</summary>
    public IReadOnlyList<string> Said => _said;

    /// <summary>Starts a browser.</summary>
    public static async Task<BrowserPage> StartAsync()
    {
        string profile = Directory.CreateTempSubdirectory("browser").FullName;
        ProcessStartInfo start = new(Browser.Find())
        {
            RedirectStandardError = true,
            ArgumentList =
            {
                "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-port=0",
                $"--user-data-dir={profile}", "about:blank",
            },
        };
        Process process = Process.Start(start)!;
        BrowserPage page = new(process, profile);
        string? line;
        while ((line = await process.StandardError.ReadLineAsync().WaitAsync(Patience)) is not null
            && !line.StartsWith("DevTools listening on ", StringComparison.Ordinal))
        {
        }

        _ = process.StandardError.ReadToEndAsync();
        int port = new Uri(line!["DevTools listening on ".Length..]).Port;
        using HttpClient client = new();
        string list = await client.GetStringAsync($"http://127.0.0.1:{port}/json/list");
        JsonArray targets = JsonNode.Parse(list)!.AsArray();
        string debugger = (string)targets.First(target => (string?)target!["type"] == "page")!["webSocketDebuggerUrl"]!;
        await page._socket.ConnectAsync(new Uri(debugger), default);
        await page.CallAsync("Runtime.enable", []);
        await page.CallAsync("Log.enable", []);
        await page.CallAsync("Page.enable", []);
        return page;
    }

    /// <summary>Opens a page, and waits until it is read to its end.</summary>
    public async Task GoAsync(Uri address, int width, bool dark = false)
    {
        await CallAsync("Emulation.setDeviceMetricsOverride", new()
        {
            ["width"] = width, ["height"] = 900, ["deviceScaleFactor"] = 1, ["mobile"] = false,
        });
        await CallAsync("Emulation.setEmulatedMedia", new()
        {
            ["features"] = new JsonArray(new JsonObject
            {
                ["name"] = "prefers-color-scheme", ["value"] = dark ? "dark" : "light",
            }),
        });
        _said.Clear();
        await CallAsync("Page.navigate", new() { ["url"] = address.AbsoluteUri });
        await UntilAsync($"location.href === '{address.AbsoluteUri}' && document.readyState === 'complete'");
    }

    /// <summary>The value of a script's expression.</summary>
    public async Task<JsonNode?> ValueAsync(string expression)
    {
        JsonNode answer = await CallAsync("Runtime.evaluate", new()
        {
            ["expression"] = expression, ["returnByValue"] = true, ["awaitPromise"] = true,
        });
        Assert.That(answer["exceptionDetails"], Is.Null, expression);
        return answer["result"]!["value"];
    }

    /// <summary>Waits until an expression is true, a minute at most.</summary>
    public async Task UntilAsync(string expression)
    {
        Stopwatch watch = Stopwatch.StartNew();
        while ((bool?)await ValueAsync($"!!({expression})") != true)
        {
            Assert.That(watch.Elapsed, Is.LessThan(Patience),
                $"{expression}; the page: {await ValueAsync("document.body.innerText")}");
            await Task.Delay(50);
        }
    }

    /// <summary>Types a text where the focus is.</summary>
    public Task TypeAsync(string text) => CallAsync("Input.insertText", new() { ["text"] = text });

    /// <summary>Presses a key.</summary>
    /// <param name="key">Its name, such as Tab.</param>
    /// <param name="code">Its number.</param>
    /// <param name="control">Whether with Ctrl.</param>
    public async Task PressAsync(string key, int code, bool control = false)
    {
        foreach (string type in new[] { "rawKeyDown", "keyUp" })
        {
            await CallAsync("Input.dispatchKeyEvent", new()
            {
                ["type"] = type, ["key"] = key, ["windowsVirtualKeyCode"] = code, ["modifiers"] = control ? 2 : 0,
            });
        }
    }

    public async ValueTask DisposeAsync()
    {
        _socket.Dispose();
        _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync();
        _process.Dispose();
        try
        {
            Directory.Delete(_profile, recursive: true);
        }
        catch (IOException)
        {
            // A process of it still writes as it ends; the folder is one of the system's temporary ones.
        }
    }

    private async Task<JsonNode> CallAsync(string method, JsonObject parameters)
    {
        int call = ++_calls;
        JsonObject message = new() { ["id"] = call, ["method"] = method, ["params"] = parameters };
        await _socket.SendAsync(
            Encoding.UTF8.GetBytes(message.ToJsonString()), WebSocketMessageType.Text, endOfMessage: true, default);
        while (true)
        {
            JsonNode answer = await ReceiveAsync();
            if ((int?)answer["id"] == call)
            {
                Assert.That(answer["error"], Is.Null, $"{method}: {answer}");
                return answer["result"]!;
            }

            if ((string?)answer["method"]
                is "Runtime.consoleAPICalled" or "Runtime.exceptionThrown" or "Log.entryAdded")
            {
                _said.Add(answer.ToJsonString());
            }
        }
    }

    private async Task<JsonNode> ReceiveAsync()
    {
        using CancellationTokenSource patience = new(Patience);
        using MemoryStream message = new();
        byte[] buffer = new byte[1 << 16];
        ValueWebSocketReceiveResult part;
        do
        {
            part = await _socket.ReceiveAsync(buffer.AsMemory(), patience.Token);
            message.Write(buffer, 0, part.Count);
        }
        while (!part.EndOfMessage);

        return JsonNode.Parse(message.ToArray())!;
    }
}
