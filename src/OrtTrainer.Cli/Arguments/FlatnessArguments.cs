using CommandLine;
using OrtTrainer.Cli.Parsing;

namespace OrtTrainer.Cli.Arguments;

/// <summary>The options of <c>flatness</c>.</summary>
internal sealed class FlatnessArguments : CommandArguments
{
    [Section("What to measure")]
    [Option("weights", MetaValue = "F",
        HelpText = "other weights of the same model to measure too, as safetensors: a soup, say")]
    public string? Weights { get; set; }

    [Option("data", MetaValue = "NAME|F",
        HelpText = "train, eval or a labelled file with the run's columns (default: train, the loss that training "
            + "made small)")]
    public string? Data { get; set; }

    [Option("examples", MetaValue = "N",
        HelpText = "most examples; a random choice where there are more (default: 256)")]
    public int? Examples { get; set; }

    [Option("seed", MetaValue = "N", HelpText = "fixes examples and random directions (default: 1)")]
    public long? Seed { get; set; }

    [Option("threads", MetaValue = "N", HelpText = "threads (default: all processors)")]
    public int? Threads { get; set; }

    [Section("Lines")]
    [Option("directions", MetaValue = "K", HelpText = "random directions, scaled to the filters' norms (default: 5)")]
    public int? Directions { get; set; }

    [Option("radius", MetaValue = "R",
        HelpText = "how far to go along each, both ways; at 1 every filter moves by its length (default: 0.5)")]
    public double? Radius { get; set; }

    [Option("points", MetaValue = "P", HelpText = "points of every line, 2 or more (default: 21)")]
    public int? Points { get; set; }

    [Section("Sharpness and curvature")]
    [Option("rho", MetaValue = "R", HelpText = "radius of SAM's ball (default: 0.05)")]
    public double? Rho { get; set; }

    [Option("adaptive-rho", MetaValue = "R", HelpText = "radius of ASAM's, relative to the weights (default: 0.5)")]
    public double? AdaptiveRho { get; set; }

    [Option("iterations", MetaValue = "N", HelpText = "most power iterations for the top eigenvalue (default: 50)")]
    public int? Iterations { get; set; }

    [Option("tolerance", MetaValue = "R",
        HelpText = "relative change of the eigenvalue at which they end (default: 0.001)")]
    public double? Tolerance { get; set; }

    [Option("trace-samples", MetaValue = "N",
        HelpText = "random vectors for the Hessian's trace; 0 leaves it out (default: 8)")]
    public int? TraceSamples { get; set; }

    [Section("Output")]
    [Option("json", HelpText = "print the report as one JSON object")]
    public bool Json { get; set; }

    [Option("out", MetaValue = "DIR", HelpText = "folder for the report and its plots (default: RUN/flatness)")]
    public string? Output { get; set; }

    public override int Operands => 1;

    /// <summary>The run to measure.</summary>
    public string RunFolder => Required(Rest.FirstOrDefault(), "RUN", "give the output folder of a finished finetune");
}
