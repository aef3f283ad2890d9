using Microsoft.Extensions.Logging;
using OrtTrainer.Runs;

namespace OrtTrainer.Extensions;

/// <summary>
/// Writes the events of a run to a logger, as structured messages: starts, evaluations, notes and ends as information,
/// steps, teachers' progress and checkpoints for debugging.
/// </summary>
/// <param name="logger">Where to.</param>
public sealed partial class RunEventLogger(ILogger logger) : IProgress<RunEvent>
{
    private readonly ILogger _logger = logger ?? throw new ArgumentNullException(nameof(logger));

    /// <summary>Logs one event; nothing is made of it where its level is off.</summary>
    /// <param name="value">What happened.</param>
    public void Report(RunEvent value)
    {
        switch (value)
        {
            case RunEvent.Taught taught:
                Taught(taught.Done, taught.Total);
                break;
            case RunEvent.Started facts:
                Started(facts.Model, facts.TrainExamples, facts.EvalExamples, facts.StartStep, facts.TotalSteps);
                break;
            case RunEvent.Stepped { Report: { } step } stepped:
                Stepped(step.Step, step.Loss, step.GradientNorm, step.LearningRate, stepped.TokensPerSecond);
                break;
            case RunEvent.Evaluated { Point: { Averaged: { } averaged } both, Metric: { } metric }:
                EvaluatedBoth(both.Step, metric, both.Live[metric], averaged[metric]);
                break;
            case RunEvent.Evaluated { Point: { } point, Metric: { } metric }:
                Evaluated(point.Step, metric, point.Live[metric]);
                break;
            case RunEvent.Saved saved:
                Saved(saved.Step);
                break;
            case RunEvent.Noted noted:
                Noted(noted.Message);
                break;
            case RunEvent.Finished { Summary: { } summary }:
                Finished(summary.Steps, summary.TrainSeconds, summary.Exported, summary.Metric,
                    summary.ExportsAverage ? summary.Averaged!.Value : summary.Live);
                break;
            default:
                throw new ArgumentException($"Unknown event {value}.", nameof(value));
        }
    }

    [LoggerMessage(1, LogLevel.Debug, "The teacher did {Done} of {Total} examples")]
    private partial void Taught(int done, int total);

    [LoggerMessage(2, LogLevel.Information,
        "Fine-tuning {Model} on {TrainExamples} examples, evaluating on {EvalExamples}, from step {StartStep} to " +
        "{TotalSteps}")]
    private partial void Started(string model, int trainExamples, int evalExamples, long startStep, long totalSteps);

    [LoggerMessage(3, LogLevel.Debug,
        "Step {Step}: loss {Loss}, gradient norm {GradientNorm}, learning rate {LearningRate}, {TokensPerSecond:F0} " +
        "tokens/s")]
    private partial void Stepped(
        long step, float loss, double gradientNorm, double learningRate, double tokensPerSecond);

    [LoggerMessage(4, LogLevel.Information, "Step {Step}: {Metric} {Live}")]
    private partial void Evaluated(long step, string metric, double live);

    [LoggerMessage(8, LogLevel.Information, "Step {Step}: {Metric} {Live}, of the averaged weights {Averaged}")]
    private partial void EvaluatedBoth(long step, string metric, double live, double averaged);

    [LoggerMessage(5, LogLevel.Debug, "Checkpoint of step {Step} written")]
    private partial void Saved(long step);

    [LoggerMessage(6, LogLevel.Information, "{Note}")]
    private partial void Noted(string note);

    [LoggerMessage(7, LogLevel.Information,
        "Done after {Steps} steps in {Seconds:F1} s; the {Exported} weights are exported: {Metric} {Score}")]
    private partial void Finished(long steps, double seconds, string exported, string metric, double score);
}
