namespace OrtTrainer.Server;

/// <summary>What one request may ask for, and how requests share the model.</summary>
public sealed record ServingOptions
{
    /// <summary>The most bytes of a request's body, 1 or more; 1 MiB by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int MaxBodyBytes { get; init => field = AtLeastOne(value, nameof(MaxBodyBytes)); } = 1 << 20;

    /// <summary>The most inputs of a request, 1 or more; 256 by default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int MaxTexts { get; init => field = AtLeastOne(value, nameof(MaxTexts)); } = 256;

    /// <summary>The most characters (UTF-16 units) of an input, its texts together, 1 or more; 20,000 by
    /// default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int MaxCharacters { get; init => field = AtLeastOne(value, nameof(MaxCharacters)); } = 20_000;

    /// <summary>
    /// The most inputs that wait for the model, 1 or more; 1,024 by default. What comes beyond is refused, but for one
    /// request that finds nobody waiting.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int QueueTexts { get; init => field = AtLeastOne(value, nameof(QueueTexts)); } = 1024;

    /// <summary>Roughly how many tokens run at once, padding included where there is any, 1 or more; 1,024 by default.
    /// More hardly gains speed, and lets a short text wait longer for those beside it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Less than 1.</exception>
    public int TokensPerBatch { get; init => field = AtLeastOne(value, nameof(TokensPerBatch)); } = 1024;

    /// <summary>How long a request may take from its headers to its answer, above 0 and at most an hour; 10 s by
    /// default.</summary>
    /// <exception cref="ArgumentOutOfRangeException">Outside that range.</exception>
    public TimeSpan Timeout
    {
        get;
        init => field = value > TimeSpan.Zero && value <= TimeSpan.FromHours(1)
            ? value
            : throw new ArgumentOutOfRangeException(
                nameof(Timeout), value, $"Timeout is {value}; expected above 0 and at most an hour.");
    } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// What requests have to bring as <c>Authorization: Bearer KEY</c> or <c>X-Api-Key: KEY</c>, but for the page and
    /// the health of the server; null, the default, for nothing.
    /// </summary>
    /// <exception cref="ArgumentException">It is empty, or not of visible ASCII characters.</exception>
    public string? ApiKey
    {
        get;
        init => field = value is null || (value.Length > 0 && value.All(letter => letter is > ' ' and <= '~'))
            ? value
            : throw new ArgumentException(
                "ApiKey is empty or has other than visible ASCII characters; expected a key without spaces.",
                nameof(ApiKey));
    }

    private static int AtLeastOne(int value, string name) => value >= 1
        ? value
        : throw new ArgumentOutOfRangeException(name, value, $"{name} is {value}; expected 1 or more.");
}
