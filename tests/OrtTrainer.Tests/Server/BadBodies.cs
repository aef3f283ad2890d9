using System.Text;

namespace OrtTrainer.Tests.Server;

/// <summary>Bodies that no task reads, a different one for every number.</summary>
internal static class BadBodies
{
    public static byte[] Of(int number)
    {
        string good = $$"""{"text": "request {{number}} of a client"}""";
        return (number % 7) switch
        {
            0 => Encoding.UTF8.GetBytes(good[..^(1 + (number % 30))]),
            1 => Encoding.UTF8.GetBytes(good.Replace("text", $"text{number}", StringComparison.Ordinal)),
            2 => [.. Encoding.UTF8.GetBytes(good[..^3]), 0xFF, .. "\"}"u8],
            3 => Encoding.UTF8.GetBytes($$"""{"inputs": [{{number}}]}"""),
            4 => Encoding.UTF8.GetBytes(good + number),
            5 => Encoding.UTF8.GetBytes($$"""{"text": "{{new string('x', 100 + (number % 100))}}"}"""),
            _ => Encoding.UTF8.GetBytes($$"""{"text": "\ud83d{{number}}"}"""),
        };
    }
}
