using System.Text;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Prediction;
using OrtTrainer.Server;

namespace OrtTrainer.Benchmarks;

/// <summary>Sends a server bad requests, and tells its memory meanwhile.</summary>
internal static class BadRequestsBenchmark
{
    private const int Lines = 10;

    /// <summary>Sends them, on a connection each: what a body ends badly in closes the connection.</summary>
    /// <param name="predictor">The model.</param>
    /// <param name="count">How many, 10 or more.</param>
    /// <param name="write">Takes in a line after every tenth of them.</param>
    /// <param name="cancellation">Stops between two.</param>
    public static async Task RunAsync(
        Predictor predictor, int count, Action<string> write, CancellationToken cancellation)
    {
        await using ModelServer server =
            await ModelServer.StartAsync(predictor, new() { Port = 0 }, cancellation: cancellation);
        SortedDictionary<int, int> statuses = [];
        for (int i = 0; i < count; i++)
        {
            cancellation.ThrowIfCancellationRequested();
            int status = await AskAsync(server.Address.Port, BadRequest(i));
            statuses[status] = statuses.GetValueOrDefault(status) + 1;
            if ((i + 1) % Math.Max(1, count / Lines) == 0)
            {
                write($"{Figures.Count(i + 1),8} bad requests: {Figures.Bytes(GC.GetTotalMemory(true))} of objects, "
                    + $"{Figures.Bytes(Environment.WorkingSet)} in all");
            }
        }

        write(string.Join(", ", statuses.Select(status => $"{status.Value} x {status.Key}")));
        int good = await AskAsync(server.Address.Port, LoadClient.RequestOf("""{"text": "still there ?"}"""u8));
        write($"a good request then: {good}");
    }

    private static async Task<int> AskAsync(int port, byte[] request)
    {
        using LoadClient client = await LoadClient.ConnectAsync(port);
        return (await client.AskAsync(request)).Status;
    }

    private static byte[] BadRequest(int number)
    {
        byte[] good = Encoding.UTF8.GetBytes($$"""{"text": "request {{number}} of a client"}""");
        return (number % 8) switch
        {
            0 => LoadClient.RequestOf(good.AsSpan(0, good.Length - 1 - (number % 20))),
            1 => LoadClient.RequestOf(Encoding.UTF8.GetBytes($$"""{"field{{number}}": "a"}""")),
            2 => LoadClient.RequestOf([.. good.AsSpan(0, good.Length - 2), 0xC3, 0x28, .. "\"}"u8]),
            3 => LoadClient.RequestOf(Encoding.UTF8.GetBytes($$"""{"inputs": [{{number}}]}""")),
            4 => LoadClient.RequestOf(Encoding.UTF8.GetBytes($$"""{"text": "{{new string('x', 30_000)}}"}""")),
            5 => LoadClient.RequestOf(Encoding.UTF8.GetBytes("""{"text": "\ud83d"}""")),
            6 => Encoding.ASCII.GetBytes($"GET /nothing/{number} HTTP/1.1\r\nHost: x\r\n\r\n"),
            _ => Encoding.ASCII.GetBytes("POST /predict HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
                + "Content-Length: 99999999\r\n\r\n"),
        };
    }
}
