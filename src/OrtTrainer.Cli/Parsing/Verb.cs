namespace OrtTrainer.Cli.Parsing;

/// <summary>A command of a program.</summary>
/// <param name="Name">The word that calls it.</param>
/// <param name="Summary">What it does, in one line.</param>
/// <param name="Arguments">The class of its options.</param>
/// <param name="Usage">Command lines to start from.</param>
/// <param name="RunAsync">Parses the words after the verb and does the work.</param>
internal sealed record Verb(
    string Name, string Summary, Type Arguments, IReadOnlyList<string> Usage,
    Func<string[], Terminal, CancellationToken, Task<int>> RunAsync);
