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
        With(BenchmarkProgram.Instance.RunAsync, Bytes(""), new StringWriter(), default, words);

    /// <summary>Runs words with standard input.</summary>
    public static CliRun WithInput(string input, params string[] words) => With(input, default, words);

    /// <summary>Runs words until a token asks to end.</summary>
    public static CliRun With(string input, CancellationToken interruption, params string[] words) =>
        With(Bytes(input), interruption, words);

    /// <summary>Runs words with a stream as standard input until a token asks to end.</summary>
    public static CliRun With(Stream input, CancellationToken interruption, params string[] words) =>
        With(CliApp.RunAsync, input, new StringWriter(), interruption, words);

    /// <summary>Runs words and interrupts them as soon as their output has this part.</summary>
    public static CliRun InterruptedAt(string part, params string[] words)
    {
        using CancellationTokenSource source = new();
        return With(CliApp.RunAsync, Bytes(""), new InterruptingWriter(part, source), source.Token, words);
    }

    private static CliRun With(
        Func<IReadOnlyList<string>, Terminal, CancellationToken, Task<int>> program, Stream input,
        StringWriter output, CancellationToken interruption, string[] words)
    {
        using StringWriter error = new();
        Terminal terminal = new()
        {
            Out = TextWriter.Synchronized(output),
            Error = TextWriter.Synchronized(error),
            Input = input,
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

    private static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    /// <summary>Cancels once what was written has a part.</summary>
    private sealed class InterruptingWriter(string part, CancellationTokenSource source) : StringWriter
    {
        public override void Write(char[] buffer, int index, int count)
        {
            base.Write(buffer, index, count);
            Look();
        }

        public override void Write(string? value)
        {
            base.Write(value);
            Look();
        }

        public override void WriteLine(string? value)
        {
            base.WriteLine(value);
            Look();
        }

        private void Look()
        {
            if (!source.IsCancellationRequested && ToString().Contains(part, StringComparison.Ordinal))
            {
                source.Cancel();
            }
        }
    }
}
