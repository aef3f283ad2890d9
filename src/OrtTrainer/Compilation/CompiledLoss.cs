using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Tasks;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Compilation;

/// <summary>The loss of a graph that knows no data: labels, and numbers that are inputs.</summary>
internal static class CompiledLoss
{
    /// <summary>What is minimized.</summary>
    /// <param name="method">Its loss is taken.</param>
    /// <param name="task">What is learned.</param>
    /// <param name="outputs">Values per row, K.</param>
    /// <param name="layers">Layers of the model.</param>
    /// <exception cref="RunException">The loss is made of data, or the method is more than a loss.</exception>
    public static TrainingObjective Of(FineTuneMethod method, ModelTask task, int outputs, int layers)
    {
        LossTerm ofTask = task.LossWithoutData ?? throw new RunException(
            $"The loss of {task} depends on the data and the batch, which a graph that is compiled before them cannot "
            + "hold. Take another task, or train with finetune.");
        if (method.Step is { } step)
        {
            throw Unfit(step, "is a way to take steps, which is no part of a graph");
        }

        if (method.Average is { } average)
        {
            throw Unfit(average, "averages weights, which is no part of a graph: who trains with it averages or not");
        }

        ExampleTargets labels = new(new ClassTargets([], outputs));
        if (method.Loss is not { } loss)
        {
            return new(task.Distribution, labels, ofTask);
        }

        if (loss.LearnsFromTeacher)
        {
            throw Unfit(loss, "learns from what a teacher says of each example");
        }

        try
        {
            loss.Require(new RunTraits(method, task, Dropout: null, FromScratch: false, Teacher: null));
        }
        catch (ArgumentException unfit)
        {
            throw new RunException(unfit.Message, unfit);
        }

        TrainingObjective objective = loss.Objective(new LossContext(
            task.Distribution, new ClassTargets([], outputs), labels, TotalSteps: 1, StepsPerEpoch: 1, layers, Seed: 0,
            Teacher: null));
        return objective.Targets != labels ? throw Unfit(loss, "changes the labels, which are no part of a graph")
            : objective.IsTwofold || !objective.Inputs.All(input => input is LossCoefficient)
                ? throw Unfit(loss, "reads more of each example than its labels")
            : objective;
    }

    private static RunException Unfit(MethodPart part, string why) => new(
        $"The method {part.Word} {why}. Compile without it; losses of labels and numbers alone can be compiled: "
        + $"{string.Join(", ", new MethodPart[] { new Focal(), new Poly1(), new ConfidencePenalty() }
            .Select(other => other.Word))}.");
}
