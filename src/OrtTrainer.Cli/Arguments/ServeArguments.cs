using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>serve</c>.</summary>
internal sealed class ServeArguments : CommandArguments, IDecisionArguments
{
    [Section("Model")]
    [Option("model", MetaValue = "DIR", HelpText = "folder of a fine-tuned model")]
    public string? Model { get; set; }

    public string? Adapter { get; set; }

    public double? Threshold { get; set; }

    public double? NoAnswerThreshold { get; set; }

    public int? MaxLength { get; set; }

    public int? Stride { get; set; }

    public string? Precision { get; set; }

    public string? Device { get; set; }

    public int? Threads { get; set; }

    [Section("Address")]
    [Option("host", MetaValue = "ADDRESS",
        HelpText = "address to listen on; 0.0.0.0 and :: are all of this machine's (default: 127.0.0.1)")]
    public string? Host { get; set; }

    [Option("port", MetaValue = "N", HelpText = "port to listen on; 0 for one that is free (default: 8080)")]
    public int? Port { get; set; }

    [Option("api-key", MetaValue = "VARIABLE",
        HelpText = "environment variable with the key that requests have to bring (default: none)")]
    public string? ApiKey { get; set; }

    [Option("cors", MetaValue = "ORIGINS",
        HelpText = "origins between commas whose pages may ask from a browser, such as https://example.org " +
            "(default: none)")]
    public string? Cors { get; set; }

    [Section("Limits")]
    [Option("max-body", MetaValue = "SIZE", HelpText = "most bytes of a request, such as 512kB (default: 1MiB)")]
    public string? MaxBody { get; set; }

    [Option("max-texts", MetaValue = "N", HelpText = "most texts of a request (default: 256)")]
    public int? MaxTexts { get; set; }

    [Option("max-characters", MetaValue = "N", HelpText = "most characters of a text or pair (default: 20000)")]
    public int? MaxCharacters { get; set; }

    [Option("max-connections", MetaValue = "N", HelpText = "most connections at once (default: 1024)")]
    public int? MaxConnections { get; set; }

    [Option("queue", MetaValue = "N",
        HelpText = "most texts that wait for the model; more are refused with 503 (default: 1024)")]
    public int? QueueTexts { get; set; }

    [Option("tokens-per-batch", MetaValue = "N", HelpText = "roughly how many tokens run at once (default: 1024)")]
    public int? TokensPerBatch { get; set; }

    [Option("timeout", MetaValue = "SECONDS", HelpText = "most time of a request (default: 10)")]
    public double? Timeout { get; set; }

    [Option("stop-delay", MetaValue = "SECONDS",
        HelpText = "how long to take requests still after being told to stop, while /health/ready says no (default: " +
            "0)")]
    public double? StopDelay { get; set; }

    [Option("stop-timeout", MetaValue = "SECONDS",
        HelpText = "how long requests that run may take when the server stops (default: 30)")]
    public double? StopTimeout { get; set; }

    [Section("Output")]
    [Option("json", HelpText = "print what happens as JSON, a line each, with every request")]
    public bool Json { get; set; }

    [Option("check", HelpText = "instead of serving: ask the server at --host and --port whether it is ready")]
    public bool Check { get; set; }

    public string ModelFolder => Required(Model, "--model", "give the folder of a fine-tuned model");
}
