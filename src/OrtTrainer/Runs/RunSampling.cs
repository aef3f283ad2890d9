using OrtTrainer.Evaluation;
using OrtTrainer.Runtime;
using OrtTrainer.Training.Averaging;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Runs;

/// <summary>
/// The end of a run that draws weights around their mean: they are drawn, and their predictions averaged (a Bayesian
/// model average).
/// </summary>
internal static class RunSampling
{
    /// <summary>Scores the averaged predictions; keeps the variance beside the average.</summary>
    /// <returns>The scores on evaluation and test data; null for runs that draw none.</returns>
    public static (EvaluationScores Eval, EvaluationScores? Test)? Evaluate(
        PreparedRun run, WeightFiles weights, CancellationToken cancellation)
    {
        using WeightDraws? draws = run.Options.Parts
            .Select(part => part.Draw(run.State, run.Options.Seed)).FirstOrDefault(d => d is not null);
        if (draws is null)
        {
            return null;
        }

        weights.Save(WeightFiles.Variance, draws.Variance, run.State.Average!.State.LastStep);
        using WeightBuffer drawn = new(run.State.Device, run.State.Layout.Length);
        EncodedDataset[] parts = run.Data.Test is { } test ? [run.Data.Eval, test] : [run.Data.Eval];
        PredictionMean[] means = [.. parts.Select(run.Data.Task.MeanOf)];
        for (int number = 0; number < draws.Count; number++)
        {
            draws.Draw(number, drawn, run.Options.EffectiveThreads);
            WeightBuffer model = run.ModelOf(drawn);
            foreach ((EncodedDataset part, PredictionMean mean) in parts.Zip(means))
            {
                run.Evaluator.Session.Run(model, part.Inputs, mean, cancellation: cancellation);
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
