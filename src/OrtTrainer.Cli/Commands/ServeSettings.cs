using System.Net;
using OrtTrainer.Cli.Arguments;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Common;
using OrtTrainer.Server;

namespace OrtTrainer.Cli.Commands;

/// <summary>The options of <c>serve</c>, as the server takes them.</summary>
internal static class ServeSettings
{
    /// <summary>Where and with what limits to serve.</summary>
    /// <exception cref="UsageException">A value is wrong.</exception>
    public static ModelServerOptions Server(ServeArguments arguments) =>
        OptionErrors.Guard(typeof(ServeArguments), () =>
        {
            ModelServerOptions server = new();
            return server with
            {
                Host = Host(arguments),
                Port = arguments.Port ?? server.Port,
                CorsOrigins = Origins(arguments.Cors),
                MaxConnections = arguments.MaxConnections ?? server.MaxConnections,
                StopDelay = Seconds("--stop-delay", arguments.StopDelay) ?? server.StopDelay,
                StopTimeout = Seconds("--stop-timeout", arguments.StopTimeout) ?? server.StopTimeout,
                Serving = Serving(arguments),
            };
        });

    /// <summary>The address to listen on.</summary>
    /// <exception cref="UsageException">It is none.</exception>
    public static IPAddress Host(ServeArguments arguments) => arguments.Host switch
    {
        null or "localhost" => IPAddress.Loopback,
        { } word when IPAddress.TryParse(word, out IPAddress? address) => address,
        { } word => throw new UsageException(
            $"--host is '{word}'; expected an address of this machine, such as 127.0.0.1, or 0.0.0.0 for all."),
    };

    private static ServingOptions Serving(ServeArguments arguments)
    {
        ServingOptions serving = new();
        return serving with
        {
            MaxBodyBytes = MaxBody(arguments.MaxBody) ?? serving.MaxBodyBytes,
            MaxTexts = arguments.MaxTexts ?? serving.MaxTexts,
            MaxCharacters = arguments.MaxCharacters ?? serving.MaxCharacters,
            QueueTexts = arguments.QueueTexts ?? serving.QueueTexts,
            TokensPerBatch = arguments.TokensPerBatch ?? serving.TokensPerBatch,
            Timeout = Seconds("--timeout", arguments.Timeout) ?? serving.Timeout,
            ApiKey = Key(arguments.ApiKey),
        };
    }

    private static string? Key(string? variable)
    {
        if (variable is null)
        {
            return null;
        }

        string? key = Environment.GetEnvironmentVariable(variable);
        return !string.IsNullOrEmpty(key)
            ? key
            : throw new UsageException(
                $"--api-key names the environment variable {variable}, which is not set. Set it to the key.");
    }

    private static string[] Origins(string? list)
    {
        string[] origins = list?.Split(',', StringSplitOptions.TrimEntries) ?? [];
        return origins.FirstOrDefault(origin => !IsOrigin(origin)) is { } other
            ? throw new UsageException(
                $"--cors has '{other}'; expected origins such as https://example.org, without a path.")
            : origins;
    }

    private static bool IsOrigin(string word) =>
        Uri.TryCreate(word, UriKind.Absolute, out Uri? origin) && origin.Scheme is "http" or "https"
        && word.TrimEnd('/') == origin.GetLeftPart(UriPartial.Authority) && !word.EndsWith('/');

    private static int? MaxBody(string? size) => size is null ? null
        : ByteSize.Parse(size) is { } bytes and <= 1 << 30 ? (int)bytes
        : throw new UsageException($"--max-body is '{size}'; {ByteSize.Expected}, at most 1GiB.");

    private static TimeSpan? Seconds(string option, double? seconds) => seconds is null ? null
        : seconds is >= 0 and <= 3600 ? TimeSpan.FromSeconds(seconds.Value)
        : throw new UsageException(FormattableString.Invariant($"{option} is {seconds}; expected 0 to 3600."));
}
