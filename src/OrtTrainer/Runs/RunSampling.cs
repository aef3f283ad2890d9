using OrtTrainer.Evaluation;
using OrtTrainer.Methods;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Runs;

/// <summary>
/// The end of a SWAG run: weights are drawn around the mean, and their predictions averaged (a Bayesian model average).
/// </summary>
internal static class RunSampling
{
    /// <summary>Scores the averaged predictions; keeps the variance beside the average.</summary>
    /// <returns>The scores on evaluation and test data; null for runs without SWAG.</returns>
    public static (EvaluationScores Eval, EvaluationScores? Test)? Evaluate(
        PreparedRun run, WeightFiles weights, CancellationToken cancellation)
    {
        if (run.State.Average is not WeightMoments { State.Count: > 0 } moments)
        {
            return null;
        }

        using NativeBuffer variance = new(run.State.Layout.Length);
        moments.Variance(variance.Span);
        weights.Save(WeightFiles.Variance, variance, moments.State.LastStep);
        using NativeBuffer drawn = new(run.State.Layout.Length);
        SwagOptions options = run.Options.Swag;
        WeightSampler sampler = new(run.State.Layout, moments.Buffer, variance, options.Scale, run.Options.Seed);
        EncodedDataset[] parts = run.Data.Test is { } test ? [run.Data.Eval, test] : [run.Data.Eval];
        PredictionMean[] means = [.. parts.Select(run.Data.Task.MeanOf)];
        for (int number = 0; number < options.Samples; number++)
        {
            sampler.Draw(number, drawn, run.Options.EffectiveThreads);
            foreach ((EncodedDataset part, PredictionMean mean) in parts.Zip(means))
            {
                run.Evaluator.Session.Run(drawn, part.Examples, mean, cancellation: cancellation);
            }
        }

        EvaluationScores[] scores = [.. parts.Zip(means, (part, mean) => Score(run, part, mean))];
        run.Evaluator.Forget(drawn);
        return (scores[0], scores.ElementAtOrDefault(1));
    }

    private static EvaluationScores Score(PreparedRun run, EncodedDataset data, PredictionMean mean)
    {
        EvaluationAccumulator outputs = run.Data.Task.Evaluate(data);
        mean.CopyTo(outputs);
        return outputs.Score(run.Evaluator.Metric);
    }
}
