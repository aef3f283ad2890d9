using OrtTrainer.Data;
using OrtTrainer.Distillation;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Options;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Runs;

/// <summary>The layers of a teacher in a run that learns from them.</summary>
internal static class RailTeacher
{
    /// <summary>Takes kept states or runs the teacher, once it is clear that its layers will do.</summary>
    /// <returns>Null for methods that learn from no layers.</returns>
    /// <exception cref="ModelException">The teacher has no weights, or either has too few layers.</exception>
    public static TeacherStates? Obtain(
        FineTuneOptions options, PretrainedModel student, Dataset data, IProgress<RunEvent>? events,
        CancellationToken cancellation)
    {
        if (options.Method.Objective != ObjectiveKind.RailDistillation)
        {
            return null;
        }

        TeacherOptions teacher = options.Teacher!;
        if (Directory.Exists(teacher.Model))
        {
            using PretrainedModel opened = PretrainedModel.Open(teacher.Model);
            RequireLayers(student, opened);
        }

        return TeacherStates.Obtain(
            teacher, options.Data.Task, data, options.EffectiveThreads, new TeacherEvents(events), cancellation);
    }

    /// <summary>The sizes of the maps; null without states.</summary>
    public static LayerMaps? Maps(RailOptions options, TeacherStates? states) =>
        states is null ? null : new(states.Width, options.MapWidth);

    /// <summary>The states with the layers drawn of all but the last; null without states.</summary>
    public static LayerTargets? Targets(
        TeacherStates? states, PretrainedModel student, long stepsPerEpoch, long seed) => states is null
        ? null
        : new(states.Values, states.Layers, states.Width,
            new LayerDraw(states.Layers - 1, DepthOf(student) - 1, stepsPerEpoch, seed));

    private static void RequireLayers(PretrainedModel student, PretrainedModel teacher)
    {
        int depth = DepthOf(student);
        if (depth < 2)
        {
            throw new ModelException($"{student.Folder}: the student has {depth} layer; rail-distillation compares " +
                "those before the last, so it needs 2 or more. Keep more layers, or take distillation.");
        }

        int taught = DepthOf(teacher);
        if (taught < depth)
        {
            throw new ModelException($"{teacher.Folder}: the teacher has {taught} layers and the student {depth}; " +
                $"every layer of the student before its last needs another of the teacher before its last, so " +
                $"expected {depth} or more. Take a deeper teacher, a student of fewer layers, or distillation.");
        }
    }

    private static int DepthOf(PretrainedModel model) => model.Architecture.Shape.Layers;
}
