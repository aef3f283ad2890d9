using System.Diagnostics;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training;

namespace OrtTrainer.Benchmarking;

/// <summary>
/// What averaging adds to a step. It happens in the optimizer's pass over memory and nowhere else, so that pass alone
/// is timed, with and without the average in turns.
/// </summary>
/// <param name="state">Parameters, moments and average.</param>
/// <param name="updates">Makes the norm of the gradients.</param>
internal sealed class AveragingCost(TrainingState state, WeightUpdates updates)
{
    private const int Pairs = 40;

    /// <summary>The median of (with - without), in seconds.</summary>
    /// <param name="gradients">The gradients of a real batch: most rows of an embedding have none, which shortens the
    /// pass.</param>
    /// <param name="cancellation">Stops between passes.</param>
    public double Measure(WeightBuffer gradients, CancellationToken cancellation)
    {
        GradientNorm norm = updates.CreateNorm(state.Layout);
        norm.Measure(gradients);
        List<double> differences = new(Pairs);
        for (int pair = 0; pair < Pairs; pair++)
        {
            cancellation.ThrowIfCancellationRequested();
            bool averagesFirst = pair % 2 == 0;
            double first = Time(gradients, norm.NonZero, averagesFirst);
            double second = Time(gradients, norm.NonZero, !averagesFirst);
            differences.Add(averagesFirst ? first - second : second - first);
        }

        return Median.Of(differences);
    }

    /// <summary>One pass at learning rate 0: the same work, and the weights stay.</summary>
    private double Time(WeightBuffer gradients, BlockMap? nonZero, bool averages)
    {
        long started = Stopwatch.GetTimestamp();
        state.Optimizer.Step(new StepInputs
        {
            Parameters = state.Parameters,
            Gradients = gradients,
            NonZeroGradients = nonZero,
            LearningRate = 0,
            Average = averages ? state.Average!.Buffer : null,
            AverageWeight = averages ? state.Average!.FusedShare!.Value : 0,
        });
        return Stopwatch.GetElapsedTime(started).TotalSeconds;
    }
}
