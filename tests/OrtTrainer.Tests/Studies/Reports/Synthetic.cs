using OrtTrainer.Runs;
using OrtTrainer.Studies;

namespace OrtTrainer.Tests.Studies.Reports;

/// <summary>
/// Studies as they come out, without training: from scratch methods differ, pre-trained they do not. Numbers are drawn
/// from a fixed seed.
/// </summary>
internal static class Synthetic
{
    public static readonly string[] Methods =
        ["finetune", "label-smoothing", "tf-reg", "distillation", "self-distillation", "swa"];

    /// <summary>2 tasks x 2 initializations x 6 methods x 5 seeds, all done.</summary>
    public static StudyResults Study() =>
        Of(["trec", "cola"], ["pretrained", "from-scratch"], Methods, [1, 2, 3, 4, 5]);

    public static StudyResults Of(string[] tasks, string[] initializations, string[] methods, long[] seeds)
    {
        Random random = new(11);
        List<StudyRun> runs = [];
        foreach (string initialization in initializations)
        {
            foreach (string task in tasks)
            {
                double[] luck = [.. seeds.Select(_ => Normal(random))];
                foreach (string method in methods)
                {
                    for (int i = 0; i < seeds.Length; i++)
                    {
                        runs.Add(Run(initialization, task, method, seeds[i], luck[i], random));
                    }
                }
            }
        }

        return new StudyResults
        {
            Name = "Label regularisation, synthetic",
            Description = "Made up numbers, to look at the report with.",
            Baseline = "finetune",
            Runs = runs,
            Tasks = [.. tasks.Select(task => new StudyTask(task, [Metric(task)], HasTest: task != "cola"))],
        };
    }

    /// <summary>A finished run of one cell with a score, for tables whose numbers are worked out by hand.</summary>
    public static StudyRun Scored(string method, long seed, double? score, string task = "trec") => new()
    {
        Model = "student",
        Initialization = "pretrained",
        Task = task,
        Method = method,
        Seed = seed,
        Folder = $"runs/{task}/{method}/{seed}",
        Status = score is null ? StudyRunStatus.Pending : StudyRunStatus.Done,
        Metric = "accuracy",
        Score = score,
        Live = score,
        Seconds = score is null ? null : 10,
        Steps = 100,
    };

    /// <summary>A study of such runs.</summary>
    public static StudyResults Results(params StudyRun[] runs) =>
        new() { Name = "by hand", Baseline = "finetune", Runs = runs };

    private static StudyRun Run(
        string initialization, string task, string method, long seed, double luck, Random random)
    {
        bool scratch = initialization == "from-scratch";
        double start = task == "trec" ? 0.94 : 0.42;
        double gain = scratch && method is "distillation" or "self-distillation" ? 0.03 : scratch ? 0.004 : 0.001;
        double level = start - (scratch ? 0.18 : 0) + (method == "finetune" ? 0 : gain) + (0.006 * luck);
        double live = level + (0.004 * Normal(random));
        double? averaged = method == "swa" ? live + 0.005 : null;
        string metric = Metric(task);
        return new StudyRun
        {
            Model = "MiniLM, 3 layers",
            Initialization = initialization,
            Task = task,
            Method = method,
            Seed = seed,
            Folder = $"runs/{task}/{initialization}/{method}/{seed}",
            Status = StudyRunStatus.Done,
            Metric = metric,
            Score = averaged ?? live,
            Live = live,
            Averaged = averaged,
            Scores = new Dictionary<string, double> { [metric] = averaged ?? live, ["macro_f1"] = live - 0.02 },
            Seconds = 40 + (2 * random.NextDouble()),
            TeacherSeconds = method.Contains("distillation", StringComparison.Ordinal) ? 6 : null,
            Steps = 516,
            Curve = [.. Enumerable.Range(1, 6).Select(i => Point(i, live, averaged, metric, random))],
        };
    }

    private static EvaluationPoint Point(int i, double live, double? averaged, string metric, Random random)
    {
        double reached = 1 - Math.Exp(-i * 0.9);
        double score = (live * reached) + (0.004 * Normal(random));
        return new EvaluationPoint(
            i * 86, new Dictionary<string, double> { [metric] = score, ["loss"] = 1 - score },
            averaged is { } better && i > 3
                ? new Dictionary<string, double> { [metric] = better * reached, ["loss"] = 1 - better }
                : null);
    }

    private static string Metric(string task) => task == "cola" ? "mcc" : "accuracy";

    private static double Normal(Random random) =>
        Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
