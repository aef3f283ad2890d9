using Microsoft.AspNetCore.Http;

namespace OrtTrainer.Server.Endpoints;

/// <summary>What a request is known by in answers and logs: the client's own word for it, or a random one.</summary>
internal static class RequestId
{
    /// <summary>The header that has it, of requests and of answers.</summary>
    public const string Header = "X-Request-Id";

    private const int MostLetters = 64;

    /// <summary>The id of a request, the same at every call.</summary>
    public static string Of(HttpContext context)
    {
        if (context.Items.TryGetValue(Header, out object? known))
        {
            return (string)known!;
        }

        string given = context.Request.Headers[Header].ToString();
        string id = IsPlain(given) ? given : Random.Shared.NextInt64().ToString("x16");
        context.Items[Header] = id;
        return id;
    }

    // Nothing that could break a line of a log.
    private static bool IsPlain(string id) => id.Length is > 0 and <= MostLetters
        && id.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.' or ':');
}
