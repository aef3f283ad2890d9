using OrtTrainer.Runtime.Profiling;

namespace OrtTrainer.Benchmarking;

/// <summary>What is noted while steps are profiled, and the profile made of it.</summary>
/// <param name="width">Values per token, H.</param>
internal sealed class ProfiledSteps(int width)
{
    /// <summary>Seconds of each step.</summary>
    public List<double> Step { get; } = [];

    /// <summary>Of them, seconds until the gradients were there.</summary>
    public List<double> Gradients { get; } = [];

    /// <summary>The sum of squared lengths of each step's sequences.</summary>
    public List<double> SquaredLengths { get; } = [];

    /// <summary>Tokens of all steps.</summary>
    public long Tokens { get; set; }

    /// <summary>Adds up.</summary>
    /// <param name="runs">The run of each step.</param>
    /// <param name="machine">Where.</param>
    /// <param name="peak">Its operations per second at most.</param>
    /// <param name="plainStepSeconds">The mean step without the profiler.</param>
    public StepProfile Profile(
        IReadOnlyList<ProfiledRun> runs, Machine machine, double peak, double plainStepSeconds) => new(
        machine, peak, Step.Count, Tokens, Step.Average(), plainStepSeconds, Parts(runs), Operators(runs, peak));

    private PartTime[] Parts(IReadOnlyList<ProfiledRun> runs)
    {
        Dictionary<StepPart, double> seconds = Enum.GetValues<StepPart>().ToDictionary(part => part, _ => 0.0);
        foreach (ProfiledNode node in runs.SelectMany(run => run.Nodes))
        {
            seconds[OperatorParts.Of(node.Operator)] += node.Seconds;
        }

        double inRuns = runs.Sum(run => run.Seconds);
        seconds[StepPart.BetweenOperators] = inRuns - seconds.Values.Sum();
        seconds[StepPart.OptimizerAndAverage] = Step.Sum() - Gradients.Sum();
        seconds[StepPart.AroundIt] = Gradients.Sum() - inRuns;
        return [.. seconds.OrderBy(part => part.Key)
            .Select(part => new PartTime(part.Key, part.Value / Step.Count, part.Value / Step.Sum()))];
    }

    private OperatorTime[] Operators(IReadOnlyList<ProfiledRun> runs, double peak) =>
    [
        .. runs.SelectMany((run, step) => run.Nodes.Select(node => (Node: node, Step: step)))
            .GroupBy(entry => OperatorWork.Kind(entry.Node))
            .Select(group =>
            {
                double seconds = group.Sum(entry => entry.Node.Seconds);
                double?[] work = [.. group.Select(entry =>
                    OperatorWork.Operations(entry.Node, SquaredLengths[entry.Step], width))];
                double? rate = work.Any(operations => operations is null) ? null : work.Sum() / seconds;
                return new OperatorTime(
                    group.Key, (double)group.Count() / Step.Count, seconds / Step.Count, seconds / Step.Sum(),
                    (double)group.Sum(entry => entry.Node.Bytes) / Step.Count, rate,
                    group.All(entry => OperatorWork.IsProduct(entry.Node)) ? rate / peak : null);
            })
            .OrderByDescending(time => time.Seconds),
    ];
}
