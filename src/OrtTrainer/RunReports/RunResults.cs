using OrtTrainer.Evaluation;
using OrtTrainer.Runs;

namespace OrtTrainer.RunReports;

/// <summary>A run that is done, with what is known of it while its data are still there.</summary>
/// <param name="Run">The run.</param>
/// <param name="Progress">How far it came, and its evaluations.</param>
/// <param name="Summary">What came out of it.</param>
/// <param name="Exported">The exported weights on the evaluation data.</param>
/// <param name="MetricsFile">The file with a line per step.</param>
/// <param name="PeakMemory">The most bytes that the process ever had resident.</param>
internal sealed record RunResults(
    PreparedRun Run, RunProgress Progress, RunSummary Summary, EvaluationScores Exported, string MetricsFile,
    long PeakMemory);
