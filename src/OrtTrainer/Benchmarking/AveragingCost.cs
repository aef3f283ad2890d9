using System.Diagnostics;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training;

namespace OrtTrainer.Benchmarking;

/// <summary>
/// What averaging adds to a step. It happens in the optimizer's pass over memory and where what the pass put off is
/// done, and nowhere else, so these alone are timed, with and without the average in turns.
/// </summary>
/// <param name="state">Parameters, moments and average.</param>
/// <param name="updates">Makes the norm of the gradients.</param>
internal sealed class AveragingCost(TrainingState state, WeightUpdates updates)
{
    private const int Pairs = 6;

    /// <summary>Steps of one measurement, at whose end all is brought up to date.</summary>
    private const int Steps = 64;

    /// <summary>The median of (with - without), in seconds.</summary>
    /// <param name="gradients">The gradients of a real batch: most rows of an embedding have none, which shortens the
    /// pass.</param>
    /// <param name="cancellation">Stops between passes.</param>
    public double Measure(WeightBuffer gradients, CancellationToken cancellation)
    {
        GradientNorm norm = updates.CreateNorm(state.Layout);
        norm.Measure(gradients);
        _ = state.Parameters;
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

    /// <summary>One step at learning rate 0: the same work, and the weights stay.</summary>
    private double Time(WeightBuffer gradients, BlockMap? nonZero, bool averages)
    {
        long started = Stopwatch.GetTimestamp();
        for (int step = 0; step < Steps; step++)
        {
            state.Update(gradients, nonZero, scale: 1, rate: 0, averages);
        }

        state.Optimizer.BringUpToDate();
        return Stopwatch.GetElapsedTime(started).TotalSeconds / Steps;
    }
}
