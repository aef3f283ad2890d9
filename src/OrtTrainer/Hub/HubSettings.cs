namespace OrtTrainer.Hub;

/// <summary>What the environment says of the hub, with the names that huggingface_hub reads too.</summary>
internal sealed record HubSettings
{
    private static readonly string[] Yes = ["1", "ON", "YES", "TRUE"];

    /// <summary>The folder of all models: <c>HF_HUB_CACHE</c>, or <c>hub</c> in <c>HF_HOME</c>, or the
    /// user's.</summary>
    public required string Cache { get; init; }

    /// <summary>The server, without a slash at its end: <c>HF_ENDPOINT</c>.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Whether nothing may be asked of any server: <c>HF_HUB_OFFLINE</c>.</summary>
    public required bool IsOffline { get; init; }

    /// <summary>The token that opens gated models: <c>HF_TOKEN</c>, or the file that a login left; null for
    /// none.</summary>
    public required string? Token { get; init; }

    /// <summary>Where the token's file lies, for messages.</summary>
    public required string TokenFile { get; init; }

    /// <summary>Reads this process's environment.</summary>
    public static HubSettings OfProcess() => Of(Environment.GetEnvironmentVariable);

    /// <summary>Reads an environment.</summary>
    /// <param name="variable">The value of a variable; null where it is not set.</param>
    public static HubSettings Of(Func<string, string?> variable)
    {
        string user = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
        string caches = Value("XDG_CACHE_HOME") ?? Path.Combine(user, ".cache");
        string home = Expanded(Value("HF_HOME") ?? Path.Combine(caches, "huggingface"), user);
        string tokenFile = Expanded(Value("HF_TOKEN_PATH") ?? Path.Combine(home, "token"), user);
        return new HubSettings
        {
            Cache = Path.GetFullPath(Expanded(
                Value("HF_HUB_CACHE") ?? Value("HUGGINGFACE_HUB_CACHE") ?? Path.Combine(home, "hub"), user)),
            Endpoint = (Value("HF_ENDPOINT") ?? "https://huggingface.co").TrimEnd('/'),
            IsOffline = IsYes("HF_HUB_OFFLINE") || IsYes("TRANSFORMERS_OFFLINE"),
            Token = Value("HF_TOKEN") ?? Value("HUGGING_FACE_HUB_TOKEN")
                ?? (IsYes("HF_HUB_DISABLE_IMPLICIT_TOKEN") ? null : Read(tokenFile)),
            TokenFile = tokenFile,
        };

        string? Value(string name) => variable(name)?.Trim() is { Length: > 0 } value ? value : null;

        bool IsYes(string name) => Yes.Contains(Value(name)?.ToUpperInvariant());
    }

    private static string Expanded(string path, string user)
    {
        string known = Environment.ExpandEnvironmentVariables(path);
        return known == "~" || known.StartsWith("~/", StringComparison.Ordinal) ? user + known[1..] : known;
    }

    private static string? Read(string file)
    {
        try
        {
            return File.Exists(file) && File.ReadAllText(file).Trim() is { Length: > 0 } token ? token : null;
        }
        catch (UnauthorizedAccessException)
        {
            // Another user's login is none of this one's; most models need no token.
            return null;
        }
    }
}
