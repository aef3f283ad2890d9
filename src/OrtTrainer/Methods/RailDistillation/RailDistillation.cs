using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Teachers;
using OrtTrainer.Training;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>
/// RAIL distillation, from layers of the teacher too, drawn at random (Haidar et al. 2022, the layer-wise form):
/// <c>LabelWeight H(q, p) + TeacherWeight KL(p^teacher_T, p_T) + IntermediateWeight R</c>, times T^2 in the second
/// part. <c>R = 1/k sum_j | S_j s_j / |S_j s_j| - U_j t_j / |U_j t_j| |^2</c>, j = 1..k, over the student's k layers
/// but the last.
/// </summary>
/// <remarks>
/// s_j is the mean of layer j's states over the tokens of an example; t_j is that of the j-th of k of the teacher's
/// layers but its last, drawn anew every epoch and kept in order. S_j and U_j are linear maps to
/// <see cref="MapWidth"/> values, trained along and left out of what is exported. All layers count alike, where the
/// paper has a weight for each, and the maps have no bias: equal biases alone would make R small. Since the teacher's
/// side is mapped too, R can also fall because maps tell examples less apart; a small R is no proof that the student's
/// layers have become the teacher's.
/// </remarks>
public sealed record RailDistillation : TeacherLossMethod
{
    private const double Third = 1.0 / 3;

    /// <summary>Weight of the labels, 0 or more.</summary>
    [Setting("label-weight", "weight of the labels")]
    public double LabelWeight { get; init => field = OptionRange.AtLeast(value, 0.0); } = Third;

    /// <summary>Weight of the teacher's outputs, 0 or more.</summary>
    [Setting("teacher-weight", "weight of the teacher's outputs")]
    public double TeacherWeight { get; init => field = OptionRange.AtLeast(value, 0.0); } = Third;

    /// <summary>Weight of the teacher's layers, 0 or more.</summary>
    [Setting("intermediate-weight", "weight of the teacher's layers")]
    public double IntermediateWeight { get; init => field = OptionRange.AtLeast(value, 0.0); } = Third;

    /// <summary>T, above 0: divides the logits of both; it does not matter for regression.</summary>
    [Setting("temperature", "divides the logits of teacher and student")]
    public double Temperature { get; init => field = OptionRange.Above(value, 0); } = 2;

    /// <summary>Multiplies the part of the teacher's outputs by T^2, so that its gradient keeps its size.</summary>
    [Setting("temperature-squared", "yes or no: multiply the teacher's part by T^2")]
    public bool TemperatureSquared { get; init; } = true;

    /// <summary>Values that states are mapped to before they are compared, 1 or more.</summary>
    [Setting("map-width", "values that layers are mapped to before they are compared")]
    public int MapWidth { get; init => field = (int)OptionRange.AtLeast((long)value, 1); } = 128;

    internal override string NotInFiles => "it learns from layers of the teacher, of which they have outputs alone";

    internal override string Word => "rail-distillation";

    internal override string LossText => FormattableString.Invariant($"labels {LabelWeight:0.####}, teacher ")
        + FormattableString.Invariant($"{TeacherWeight:0.####} (kullback_leibler at temperature {Temperature}")
        + Squared(TemperatureSquared)
        + FormattableString.Invariant($"), its layers, drawn every epoch and mapped to {MapWidth}, ")
        + FormattableString.Invariant($"{IntermediateWeight:0.####}");

    internal override void Require(RunTraits run)
    {
        base.Require(run);
        if (run.Task.TeachesTokens)
        {
            throw new ArgumentException($"{nameof(run.Method)} {run.Method} compares layers by their means over a " +
                $"text, for tasks that answer once for it; {run.Task} answers for its tokens. Take distillation or " +
                "annealing-distillation.");
        }

        if (run.Teacher!.Logits is not null)
        {
            throw new ArgumentException($"{nameof(run.Teacher)} is a file of logits, which tells nothing of its " +
                $"layers; {run.Method} needs a teacher's weights. Give a folder with them, or take distillation.");
        }
    }

    /// <summary>Takes kept states or runs the teacher, once it is clear that its layers will do.</summary>
    /// <exception cref="RunException">The teacher has no weights, or either has too few layers.</exception>
    internal override TeacherKnowledge Consult(TeacherQuestion question)
    {
        if (Directory.Exists(question.Teacher.Folder))
        {
            using PretrainedModel opened = PretrainedModel.Open(question.Teacher.Folder);
            RequireLayers(question.Student, opened);
        }

        TeacherStates states = TeacherStates.Obtain(
            question.Teacher, question.Task, question.Data, question.Threads, question.Events, question.Cancellation);
        TeacherKnowledge outputs = question.Outputs();
        return outputs with
        {
            States = new LayerStates(states.Values, states.Layers, states.Width),
            Report = outputs.Report!.Including(states),
        };
    }

    internal override TrainingObjective Objective(LossContext run)
    {
        List<LossTerm> terms =
        [
            new LabelLoss(LabelWeight),
            Distance(run, DistillationLoss.KullbackLeibler, Temperature, TemperatureSquared, TeacherWeight),
        ];
        if (run.Teacher?.States is { } states)
        {
            LayerDraw draw = new(states.Layers - 1, run.StudentLayers - 1, run.StepsPerEpoch, run.Seed);

            // Losses of other tasks are means over the outputs too, by which this part must not be divided.
            terms.Add(new LayerDistance(
                new LayerTargets(states.Values, states.Layers, states.Width, draw), MapWidth,
                IntermediateWeight * run.Distribution.Divisor(run.Outputs)));
        }

        return run.Objective(terms);
    }

    private static void RequireLayers(PretrainedModel student, PretrainedModel teacher)
    {
        int depth = DepthOf(student);
        if (depth < 2)
        {
            throw new RunException($"{student.Folder}: the student has {depth} layer; rail-distillation compares " +
                "those before the last, so it needs 2 or more. Keep more layers, or take distillation.");
        }

        int layers = DepthOf(teacher);
        if (layers < depth)
        {
            throw new RunException($"{teacher.Folder}: the teacher has {layers} layers and the student {depth}; " +
                $"every layer of the student before its last needs another of the teacher before its last, so " +
                $"expected {depth} or more. Take a deeper teacher, a student of fewer layers, or distillation.");
        }
    }

    private static int DepthOf(PretrainedModel model) => model.Architecture.Shape.Layers;
}
