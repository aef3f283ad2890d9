using System.Text.Json;
using OrtTrainer.Cli.Rendering;
using OrtTrainer.Common;
using Spectre.Console;

namespace OrtTrainer.Cli;

/// <summary>Where a command reads and writes: the process's own streams, or a test's.</summary>
public sealed record Terminal
{
    /// <summary>Results.</summary>
    public required TextWriter Out { get; init; }

    /// <summary>Errors, and what must not mix with results.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>UTF-8 text; read by <c>predict --input -</c> only.</summary>
    public required Stream Input { get; init; }

    /// <summary>
    /// Whether a person watches <see cref="Out"/>: then progress is drawn in place, otherwise written line by line.
    /// </summary>
    public bool IsInteractive { get; init; }

    /// <summary>Whether what is drawn may have colours.</summary>
    public bool HasColors { get; init; } = true;

    /// <summary>Columns of a line.</summary>
    public int Width { get; init; } = 100;

    /// <summary>The streams of this process.</summary>
    public static Terminal OfProcess() => new()
    {
        Out = Console.Out,
        Error = Console.Error,
        Input = Console.OpenStandardInput(),
        IsInteractive = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb",
        // https://no-color.org
        HasColors = string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")),
        Width = !Console.IsOutputRedirected && Console.WindowWidth is > 0 and var columns
            ? Math.Clamp(columns, 20, 140)
            : 100,
    };

    /// <summary>
    /// A console for tables and progress on <see cref="Out"/>; escape sequences only where a person watches.
    /// </summary>
    internal IAnsiConsole CreateConsole()
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(Out),
            Ansi = IsInteractive ? AnsiSupport.Yes : AnsiSupport.No,
            Interactive = IsInteractive ? InteractionSupport.Yes : InteractionSupport.No,
            ColorSystem = IsInteractive && HasColors ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
        });
        console.Profile.Width = Width;
        return console;
    }

    /// <summary>Writes a result, as one JSON object or in lines for people.</summary>
    internal void WriteResult<T>(T result, IEnumerable<string> lines, bool json)
    {
        if (json)
        {
            Out.WriteLine(JsonSerializer.Serialize(result, RunJson.Options));
            return;
        }

        WriteLines(lines);
    }

    /// <summary>Says something to know that is no error, apart from the results.</summary>
    internal void Note(string message) => Error.WriteLine($"note: {message}");

    /// <summary>
    /// Writes lines: where a person watches, broken between words at the terminal's width; paths and commands, which
    /// are copied, stay whole, and so does everything in a log.
    /// </summary>
    internal void WriteLines(IEnumerable<string> lines)
    {
        foreach (string line in IsInteractive ? lines.SelectMany(line => WrappedLine.Of(line, Width)) : lines)
        {
            Out.WriteLine(line);
        }
    }
}
