using OrtTrainer.Tasks;
using OrtTrainer.Methods;

namespace OrtTrainer.Options;

/// <summary>What goes together: a method with a task, with its settings and with averaging.</summary>
internal static class MethodRules
{
    private static readonly ObjectiveKind[] ForClasses =
    [
        ObjectiveKind.LabelSmoothing, ObjectiveKind.TfReg, ObjectiveKind.ConfidencePenalty, ObjectiveKind.RDrop,
        ObjectiveKind.Focal,
    ];

    /// <exception cref="ArgumentException">Something does not; the message says what and why.</exception>
    public static void Require(FineTuneOptions options)
    {
        ModelTask task = options.Data.Task;
        FineTuneMethod method = options.Method;
        if (!task.Distribution.IsExclusive && ForClasses.Contains(method.Objective))
        {
            throw new ArgumentException($"{nameof(options.Method)} {method} is for classes that exclude each other; " +
                $"the task is {task}. Take finetune, swa, ema or a distillation.");
        }

        if (method.Objective == ObjectiveKind.RDrop && options.Dropout == 0)
        {
            throw new ArgumentException($"{nameof(options.Method)} {method} compares two passes with different " +
                $"dropout; with {nameof(options.Dropout)} 0 they are the same.");
        }

        if (method.Averaging == AveragingKind.Swag && !task.HasPredictionMean)
        {
            throw new ArgumentException($"{nameof(options.Method)} {method} averages the predictions of several " +
                $"models, which those for {task} have no mean of. Take swa.");
        }

        RequireOneAverage(method);
        RequirePretrained(options);
        RequireTeacher(options);
        RequireClassWeights(options);
        RequireAnnealing(options);
    }

    private static void RequireOneAverage(FineTuneMethod method)
    {
        if (method.StepRule == StepRule.Lookahead && method.Averaging != AveragingKind.None)
        {
            throw new ArgumentException($"{nameof(FineTuneOptions.Method)} {method}: Lookahead's slow weights are an " +
                "average already, which the run evaluates and exports beside the live ones; a second would mix " +
                "weights from before and after it set them back. Leave one of the two out.");
        }
    }

    private static void RequirePretrained(FineTuneOptions options)
    {
        if (options is { Mixout: not null, FromScratch: true })
        {
            throw new ArgumentException($"{nameof(options.Mixout)} mixes weights with their pre-trained values; " +
                $"with {nameof(options.FromScratch)} there are none. Leave one of the two out.");
        }

        if (options is { LayerDecay: < 1, FromScratch: true })
        {
            throw new ArgumentException($"{nameof(options.LayerDecay)} spares lower layers that are pre-trained; " +
                $"with {nameof(options.FromScratch)} none is. Leave one of the two out.");
        }
    }

    private static void RequireTeacher(FineTuneOptions options)
    {
        ObjectiveKind objective = options.Method.Objective;
        bool needed = objective is ObjectiveKind.Distillation or ObjectiveKind.AnnealingDistillation
            or ObjectiveKind.RailDistillation;
        bool given = options.Teacher is { NamesNone: false };
        if ((needed || objective == ObjectiveKind.SelfDistillation) && !options.Data.Task.HasTeachers)
        {
            throw new ArgumentException($"{nameof(options.Method)} {options.Method} learns from a teacher, which " +
                $"{options.Data.Task} cannot yet. Take another method.");
        }

        if (needed && !given)
        {
            throw new ArgumentException($"{nameof(options.Teacher)} is missing: {options.Method} learns from one. " +
                "Give a fine-tuned model or a file of logits, or take self-distillation, which trains its own.");
        }

        if (objective == ObjectiveKind.RailDistillation && options.Teacher!.Logits is not null)
        {
            throw new ArgumentException($"{nameof(options.Teacher)} is a file of logits, which tells nothing of its " +
                $"layers; {options.Method} needs a teacher's weights. Give a folder with them, or take distillation.");
        }

        if (!needed && objective != ObjectiveKind.SelfDistillation && options.Teacher is not null)
        {
            throw new ArgumentException($"{nameof(options.Teacher)} is given, but {options.Method} learns from none. " +
                "Add distillation to the method, or leave the teacher out.");
        }
    }

    private static void RequireClassWeights(FineTuneOptions options)
    {
        if (options.ClassWeights is not { } weights)
        {
            return;
        }

        if (!options.Data.Task.Distribution.IsExclusive)
        {
            throw new ArgumentException($"{nameof(options.ClassWeights)} are for classes that exclude each other; " +
                $"the task is {options.Data.Task}.");
        }

        if (weights.Balanced == weights.ByLabel is not null)
        {
            throw new ArgumentException($"{nameof(options.ClassWeights)} are either balanced or given by label; " +
                $"found {(weights.Balanced ? "both" : "neither")}.");
        }
    }

    private static void RequireAnnealing(FineTuneOptions options)
    {
        if (options.Method.Objective != ObjectiveKind.AnnealingDistillation)
        {
            return;
        }

        double share = options.Annealing.TeacherShare;
        if (options.Method.Averaging == AveragingKind.Ema || options.Method.StepRule == StepRule.Lookahead)
        {
            string average = options.Method.Averaging == AveragingKind.Ema ? "ema" : "lookahead";
            throw new ArgumentException($"{nameof(options.Method)} {options.Method}: {average} averages from the " +
                "first step on, when annealing does not learn from the labels yet. Take swa, or no average.");
        }

        if (options.Method.AveragesAtHighRate && options.SwaStart < share)
        {
            throw new ArgumentException(FormattableString.Invariant($"{nameof(options.SwaStart)} is ") +
                FormattableString.Invariant($"{options.SwaStart}, but annealing learns from the labels only after ") +
                FormattableString.Invariant($"{share} of the steps; expected at least that."));
        }
    }
}
