using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace OrtTrainer.Benchmarks;

/// <summary>
/// A connection that sends requests one after the other, with as little work of its own as may be: it shares the
/// processors with the server.
/// </summary>
internal sealed class LoadClient : IDisposable
{
    private readonly Socket _socket = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly byte[] _buffer = new byte[1 << 16];

    /// <summary>Connects to a server on this machine.</summary>
    public static async Task<LoadClient> ConnectAsync(int port)
    {
        LoadClient client = new();
        await client._socket.ConnectAsync(IPAddress.Loopback, port);
        return client;
    }

    /// <summary>The bytes of a request for a prediction.</summary>
    public static byte[] RequestOf(ReadOnlySpan<byte> body) =>
    [
        .. Encoding.ASCII.GetBytes("POST /predict HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + $"Content-Length: {body.Length}\r\n\r\n"),
        .. body,
    ];

    /// <summary>Sends a request and waits for its answer.</summary>
    /// <returns>Its status and body, which the next call overwrites.</returns>
    /// <exception cref="IOException">The connection was closed before the answer ended.</exception>
    public async ValueTask<(int Status, ReadOnlyMemory<byte> Body)> AskAsync(ReadOnlyMemory<byte> request)
    {
        await _socket.SendAsync(request);
        for (int filled = 0; ;)
        {
            int read = await _socket.ReceiveAsync(_buffer.AsMemory(filled));
            filled += read > 0 ? read : throw new IOException("The server closed the connection.");
            int head = _buffer.AsSpan(0, filled).IndexOf("\r\n\r\n"u8);
            if (head >= 0 && filled >= head + 4 + LengthOf(_buffer.AsSpan(0, head)))
            {
                int status = int.Parse(_buffer.AsSpan("HTTP/1.1 ".Length, 3), CultureInfo.InvariantCulture);
                return (status, _buffer.AsMemory(head + 4, filled - head - 4));
            }
        }
    }

    public void Dispose() => _socket.Dispose();

    private static int LengthOf(ReadOnlySpan<byte> head)
    {
        ReadOnlySpan<byte> name = "Content-Length: "u8;
        ReadOnlySpan<byte> value = head[(head.IndexOf(name) + name.Length)..];
        int end = value.IndexOf((byte)'\r');
        return int.Parse(end < 0 ? value : value[..end], CultureInfo.InvariantCulture);
    }
}
