using OrtTrainer.Cli.Parsing;
using OrtTrainer.Hub;
using OrtTrainer.Options;
using OrtTrainer.Runs;

namespace OrtTrainer.Cli.Rendering;

/// <summary>What a run is, before its first step: aligned lines of a name and facts.</summary>
internal static class RunHeader
{
    private const int NameColumn = 13;
    private const int ShownNames = 4;

    public static IEnumerable<string> Lines(RunEvent.Started facts, FineTuneOptions options)
    {
        yield return Line("model",
            $"{HubModels.NameOf(facts.Model)} ({facts.Architecture}), {Figures.Large(facts.Parameters)} parameters");
        if (facts.TrainedParameters is { } trained)
        {
            yield return Line("trained", FormattableString.Invariant(
                $"{Figures.Count(trained)} of {Figures.Count(facts.Parameters)} parameters ")
                + FormattableString.Invariant($"({100.0 * trained / facts.Parameters:0.##} %)")
                + (options.Lora is null ? "" : ", in adapters and head"));
        }

        if (facts.Stages is { } stages)
        {
            yield return Line("trained", $"layers: {stages}");
        }

        if (facts.Initialized.Count > 0)
        {
            yield return Line("new weights", options.FromScratch
                ? "all, at random"
                : $"{Names(facts.Initialized)}, at random");
        }

        string test = facts.TestExamples > 0 ? $", {Figures.Count(facts.TestExamples)} test" : "";
        yield return Line("examples", $"{Figures.Count(facts.TrainExamples)} train, "
            + $"{Figures.Count(facts.EvalExamples)} eval{test}; {Outputs(facts, options)}");
        yield return Line("eval data", facts.EvalOrigin == options.Data.Eval
            ? ShownPath.Of(facts.EvalOrigin)
            : facts.EvalOrigin);
        double perExample = (double)facts.TrainTokens / facts.TrainExamples;
        yield return Line("tokens", FormattableString.Invariant(
            $"{Figures.Count(facts.TrainTokens)} per epoch, {perExample:0.0} per example"));
        yield return Line("steps",
            $"{Figures.Count(facts.TotalSteps)} of {Batch(options)} examples{Lengths(options)}, "
            + $"{Figures.Count(facts.StepsPerEpoch)} per epoch"
            + (facts.StartStep > 0 ? $"; going on from step {Figures.Count(facts.StartStep)}" : ""));
        string optimizer = options.Optimizer == OptimizerKind.Adamw ? "" : $"{Words.Of(options.Optimizer)}, ";
        yield return Line("method", $"{PartLines.Method(options)}, {optimizer}learning rate "
            + $"{Figures.Short(options.EffectiveLearningRate)} {Words.Of(options.EffectiveSchedule)}, "
            + $"seed {options.Seed}");
        if ((PartLines.Loss(options) ?? facts.Loss) is { } loss)
        {
            yield return Line("loss", loss);
        }

        if (PartLines.Step(options) is { } step)
        {
            yield return Line("step", step);
        }

        foreach (string line in facts.Teacher is { } teacher ? TeacherLines.Of(teacher) : [])
        {
            yield return Line("teacher", line);
        }

        if (facts.Engine is { } engine)
        {
            yield return Line("engine", $"steps by {engine}, without dropout or weight decay");
        }

        string ranks = facts.Ranks is { } count ? $"{Figures.Count(count, "rank")} of " : "";
        yield return Line("device", $"{facts.Device}, {ranks}{Figures.Count(facts.Threads, "thread")}, "
            + $"{Words.Of(facts.Precision)}, " + (facts.Kernels ? "C# kernels" : "function bodies"));
        if (facts.Buckets is { } buckets)
        {
            yield return Line("cuda graphs", FormattableString.Invariant(
                $"{Words.Of(options.CudaGraphs)}, {Figures.Count(buckets, "shape")} of batches, ")
                + FormattableString.Invariant($"{facts.BucketPadding:0.0} % of their tokens are padding"));
        }

        yield return Line("memory", $"about {Figures.Bytes(facts.MemoryEstimate)} at the peak");
        yield return Line("output", ShownPath.Of(options.Output));
        foreach (string note in facts.Notes)
        {
            yield return $"note: {note}";
        }

        foreach (string warning in facts.Warnings)
        {
            yield return $"warning: {warning}";
        }
    }

    private static string Line(string name, string value) => name.PadRight(NameColumn) + value;

    private static string Names(IReadOnlyList<string> names) => names.Count <= ShownNames
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(ShownNames))} and {names.Count - ShownNames} more";

    private static string Outputs(RunEvent.Started facts, FineTuneOptions options) =>
        options.Data.Task.DescribeOutputs(facts.Outputs);

    private static string Batch(FineTuneOptions options) => options.Accumulation == 1
        ? Figures.Count(options.BatchSize)
        : $"{options.Accumulation} x {options.BatchSize}";

    private static string Lengths(FineTuneOptions options) => options.BatchByLength is { } batches
        ? $" of like length among {Figures.Count(batches)} batches"
        : "";
}
