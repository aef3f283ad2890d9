using OrtTrainer.Distributed;
using OrtTrainer.Options;
using OrtTrainer.Runs;
using OrtTrainer.Runtime.Distributed;
using OrtTrainer.Tests.Runs;

namespace OrtTrainer.Tests.Distributed;

/// <summary>A short run of a model that is long enough to have a part for every rank.</summary>
internal sealed class RankedTask : IDisposable
{
    private static readonly string Encoder =
        Path.Combine(SharedFiles.RepositoryRoot, "onnx-models", "embedded", "encoder");

    public TinyTask Task { get; } = new(rows: 80);

    public FineTuneOptions Options(string output, int accumulation = 4) => Task.Options(output) with
    {
        Model = Encoder,
        BatchSize = 4,
        Accumulation = accumulation,
        MaxSteps = 5,
        EvalSteps = 3,
        LearningRate = 1e-3,
    };

    /// <summary>Runs with ranks that are threads.</summary>
    /// <returns>What each rank threw; null where it did not.</returns>
    public static Exception?[] Run(
        int ranks, FineTuneOptions options, bool resumes = false, IProgress<RunEvent>? events = null,
        CancellationToken cancellation = default, BufferPath path = BufferPath.Auto) => ThreadRanks.Run(
            ranks,
            group => FineTuner.RunRanks(
                group, () => new RankedStart(options, resumes), threads: 1, _ => events ?? new EventList(),
                cancellation, path));

    public void RequireSame(string output, string expected, params string[] files)
    {
        foreach (string file in files)
        {
            Assert.That(Task.RunFile(output, file), Is.EqualTo(Task.RunFile(expected, file)), file);
        }
    }

    public void Dispose() => Task.Dispose();
}
