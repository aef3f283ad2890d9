using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace OrtTrainer.Tests.Hub;

/// <summary>A request that a <see cref="LoopbackHub"/> had.</summary>
internal sealed record HubRequest(string Path, string? Authorization, string? Range);

/// <summary>A hub over HTTP on this machine alone, which answers as the Hugging Face hub does, or worse.</summary>
internal sealed class LoopbackHub : IDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";
    public const string Model = "hf:owner/tiny";

    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<HubRequest> _requests = [];

    public LoopbackHub()
    {
        // A port that was free a moment ago.
        using TcpListener free = new(IPAddress.Loopback, 0);
        free.Start();
        int port = ((IPEndPoint)free.LocalEndpoint).Port;
        free.Stop();
        Address = $"http://127.0.0.1:{port}";
        _listener.Prefixes.Add(Address + "/");
        _listener.Start();
        _ = Task.Run(ServeAsync);
    }

    public string Address { get; }

    /// <summary>Content by name.</summary>
    public Dictionary<string, byte[]> Files { get; } = new()
    {
        ["config.json"] = Encoding.UTF8.GetBytes("{\"model_type\": \"bert\"}"),
        ["tokenizer.json"] = Encoding.UTF8.GetBytes("{\"version\": \"1.0\"}"),
        ["model.safetensors"] = RandomNumberGenerator.GetBytes(300_000),
        ["pytorch_model.bin"] = [1, 2, 3],
        ["modeling_tiny.py"] = Encoding.UTF8.GetBytes("print('code')"),
    };

    public IReadOnlyCollection<HubRequest> Requests => _requests;

    public IEnumerable<HubRequest> FileRequests => _requests.Where(r => r.Path.Contains("/resolve/"));

    /// <summary>Answers that come before right ones: status, headers.</summary>
    public ConcurrentQueue<(int Status, (string Name, string Value)[] Headers)> Refusals { get; } = [];

    /// <summary>Where weights are redirected to, as to a CDN.</summary>
    public string? Cdn { get; init; }

    /// <summary>After how many bytes connections are cut that send weights, in turn.</summary>
    public ConcurrentQueue<int> Cuts { get; } = [];

    /// <summary>Whether parts of files may be asked for.</summary>
    public bool AcceptsRanges { get; set; } = true;

    /// <summary>Changes what is sent, not what is listed.</summary>
    public Func<string, byte[], byte[]> Sent { get; set; } = (_, content) => content;

    /// <summary>Changes names as they are listed.</summary>
    public Func<string, string> Listed { get; set; } = name => name;

    /// <summary>Whether sizes and hashes are listed.</summary>
    public bool ListsHashes { get; set; } = true;

    public void Dispose() => _listener.Close();

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            _ = Task.Run(() => Answer(context));
        }
    }

    private void Answer(HttpListenerContext context)
    {
        HttpListenerRequest request = context.Request;
        string path = request.Url!.AbsolutePath;
        _requests.Enqueue(new HubRequest(path, request.Headers["Authorization"], request.Headers["Range"]));
        try
        {
            if (Refusals.TryDequeue(out var refusal))
            {
                context.Response.StatusCode = refusal.Status;
                foreach ((string name, string value) in refusal.Headers)
                {
                    context.Response.Headers[name] = value;
                }

                context.Response.Close();
            }
            else if (path.StartsWith("/api/models/owner/tiny/revision/", StringComparison.Ordinal))
            {
                context.Response.Close(Encoding.UTF8.GetBytes(Listing()), willBlock: true);
            }
            else
            {
                Send(context, Uri.UnescapeDataString(path[(path.IndexOf(Commit, StringComparison.Ordinal) + 41)..]));
            }
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException)
        {
            // The other side went away.
        }
    }

    private void Send(HttpListenerContext context, string name)
    {
        HttpListenerResponse response = context.Response;
        bool isLarge = IsLarge(name);
        if (isLarge && Cdn is not null)
        {
            response.StatusCode = 302;
            response.RedirectLocation = $"{Cdn}/cdn/{Commit}/{name}";
            response.Close();
            return;
        }

        byte[] content = Sent(name, Files[name]);
        int start = 0;
        if (AcceptsRanges && context.Request.Headers["Range"] is { } range)
        {
            start = int.Parse(range["bytes=".Length..].TrimEnd('-'));
            response.StatusCode = 206;
            response.Headers["Content-Range"] = $"bytes {start}-{content.Length - 1}/{content.Length}";
        }

        response.ContentLength64 = content.Length - start;
        if (isLarge && Cuts.TryDequeue(out int cut))
        {
            response.OutputStream.Write(content, start, Math.Min(cut, content.Length - start));
            response.OutputStream.Flush();
            response.Abort();
            return;
        }

        response.OutputStream.Write(content, start, content.Length - start);
        response.Close();
    }

    private string Listing() => JsonSerializer.Serialize(new
    {
        id = "owner/tiny",
        sha = Commit,
        siblings = Files.Select(file => (object)(
            !ListsHashes ? new { rfilename = Listed(file.Key) }
            : IsLarge(file.Key) ? new
            {
                rfilename = Listed(file.Key),
                size = file.Value.Length,
                blobId = new string('0', 40),
                lfs = new { sha256 = HashOf(file.Key), size = file.Value.Length, pointerSize = 134 },
            }
            : new { rfilename = Listed(file.Key), size = file.Value.Length, blobId = HashOf(file.Key) })),
    });

    /// <summary>The name of a file's blob: what <c>git hash-object</c> gives, or SHA-256.</summary>
    public string HashOf(string name) => Convert.ToHexStringLower(IsLarge(name)
        ? SHA256.HashData(Files[name])
        : SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {Files[name].Length}\0"), .. Files[name]]));

    private static bool IsLarge(string name) => name.EndsWith(".safetensors", StringComparison.Ordinal)
        || name.EndsWith(".bin", StringComparison.Ordinal) || name.EndsWith(".onnx", StringComparison.Ordinal);
}
