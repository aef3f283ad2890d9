using System.Globalization;
using CommandLine;
using OrtTrainer.Cli.Parsing;
using OrtTrainer.Training.Averaging;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>average</c>.</summary>
internal sealed class AverageArguments : CommandArguments
{
    [Section("What goes in and where to")]
    [Option("out", MetaValue = "PATH",
        HelpText = "where to write the mean: a new folder where a model folder comes first, else a file in the form "
            + "of the first")]
    public string? Output { get; set; }

    [Option("weights", MetaValue = "A,B",
        HelpText = "what each counts, such as its number of examples (default: all alike)")]
    public string? Weights { get; set; }

    public override int Operands => int.MaxValue;

    public string OutputPath => Required(Output, "--out", "say where to write the mean");

    /// <summary>Checkpoints, safetensors files or model folders.</summary>
    /// <exception cref="UsageException">There are fewer than two, or one stands twice.</exception>
    public IReadOnlyList<string> Paths()
    {
        string[] paths = [.. Rest.Select(path => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)))];
        if (paths.Length < 2)
        {
            throw new UsageException("two or more are needed: average A B... --out PATH, checkpoints that devices " +
                "saved, safetensors files or model folders.");
        }

        return paths.GroupBy(path => path).FirstOrDefault(same => same.Count() > 1) is { Key: var twice }
            ? throw new UsageException($"{twice} stands twice; every one goes in once. --weights says what it counts.")
            : paths;
    }

    /// <summary>What each counts.</summary>
    /// <param name="count">How many there are.</param>
    /// <exception cref="UsageException">There are more or fewer numbers, or one is wrong.</exception>
    public AveragingRule Rule(int count)
    {
        if (Weights is null)
        {
            return new EqualShares();
        }

        double[] weights =
        [
            .. Weights.Split(',').Select(text => double.TryParse(
                text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number)
                ? number
                : throw new UsageException($"--weights is '{Weights}'; expected numbers, such as 3,1.")),
        ];
        return weights.Length == count
            ? OptionErrors.Guard(GetType(), () => new WeightedShares(weights))
            : throw new UsageException($"--weights has {weights.Length} numbers for {count} to average; expected one "
                + "for each.");
    }
}
