using System.Text;
using OrtTrainer.Benchmarks;
using OrtTrainer.Cli;

namespace OrtTrainer.Tests.Cli;

/// <summary>What a command line gave.</summary>
internal sealed record CliRun(int ExitCode, string Out, string Error)
{
    public IReadOnlyList<string> Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Runs words, without a process of their own.</summary>
    public static CliRun Of(params string[] words) => With("", default, words);

    /// <summary>Runs words as those of the benchmarks.</summary>
    public static CliRun OfBenchmarks(params string[] words) =>
        With(BenchmarkProgram.Instance.RunAsync, "", default, words);

    /// <summary>Runs words with standard input.</summary>
    public static CliRun WithInput(string input, params string[] words) => With(input, default, words);

    /// <summary>Runs words until a token asks to end.</summary>
    public static CliRun With(string input, CancellationToken interruption, params string[] words) =>
        With(CliApp.RunAsync, input, interruption, words);

    private static CliRun With(
        Func<IReadOnlyList<string>, Terminal, CancellationToken, Task<int>> program, string input,
        CancellationToken interruption, string[] words)
    {
        using StringWriter output = new();
        using StringWriter error = new();
        Terminal terminal = new()
        {
            Out = TextWriter.Synchronized(output),
            Error = TextWriter.Synchronized(error),
            Input = new MemoryStream(Encoding.UTF8.GetBytes(input)),
        };
        int code = program(words, terminal, interruption).GetAwaiter().GetResult();
        return new CliRun(code, output.ToString().ReplaceLineEndings("\n"), error.ToString().ReplaceLineEndings("\n"));
    }

    /// <summary>Fails unless the command was done without a word on standard error.</summary>
    public CliRun Succeeded()
    {
        Assert.That((ExitCode, Error), Is.EqualTo((0, "")));
        return this;
    }
}
