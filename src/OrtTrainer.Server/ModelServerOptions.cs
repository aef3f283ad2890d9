using System.Net;

namespace OrtTrainer.Server;

/// <summary>How a model is served by a server of its own.</summary>
public sealed record ModelServerOptions
{
    /// <summary>The address it listens on; the machine itself alone by default.</summary>
    public IPAddress Host { get; init; } = IPAddress.Loopback;

    /// <summary>The port, 0 to 65535; 0 for any that is free; 8080 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public int Port
    {
        get;
        init => field = value is >= 0 and <= IPEndPoint.MaxPort
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Port), value, $"Port is {value}; expected 0 to 65535.");
    } = 8080;

    /// <summary>Limits of requests.</summary>
    public ServingOptions Serving { get; init; } = new();

    /// <summary>Origins of pages that may ask from a browser, such as <c>https://example.org</c>; none by
    /// default.</summary>
    public IReadOnlyList<string> CorsOrigins { get; init; } = [];

    /// <summary>The most connections at once, 1 or more; 1,024 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int MaxConnections
    {
        get;
        init => field = value >= 1
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(MaxConnections), value, $"MaxConnections is {value}; expected 1 or more.");
    } = 1024;

    /// <summary>How long a client may take to send the headers of a request, above 0; 10 s by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">0 or less, or more than an hour.</exception>
    public TimeSpan HeadersTimeout
    {
        get;
        init => field = value > TimeSpan.Zero
            ? UpToAnHour(value, nameof(HeadersTimeout))
            : throw new ArgumentOutOfRangeException(
                nameof(HeadersTimeout), value, $"HeadersTimeout is {value}; expected above 0.");
    } = TimeSpan.FromSeconds(10);

    /// <summary>How long the server goes on taking requests after it said that it is not ready any more, 0 or more; 0
    /// by default. Load balancers need as long as they take to ask again.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 0, or more than an hour.</exception>
    public TimeSpan StopDelay { get; init => field = UpToAnHour(value, nameof(StopDelay)); }

    /// <summary>How long requests that run may take when the server stops, 0 or more; 30 s by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 0, or more than an hour.</exception>
    public TimeSpan StopTimeout { get; init => field = UpToAnHour(value, nameof(StopTimeout)); } =
        TimeSpan.FromSeconds(30);

    private static TimeSpan UpToAnHour(TimeSpan value, string name) =>
        value >= TimeSpan.Zero && value <= TimeSpan.FromHours(1)
            ? value
            : throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; expected 0 to an hour.");
}
