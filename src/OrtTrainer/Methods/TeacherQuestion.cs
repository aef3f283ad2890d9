using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Tasks;
using OrtTrainer.Teachers;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Methods;

/// <summary>A teacher, and what it is asked about.</summary>
/// <param name="Teacher">The teacher.</param>
/// <param name="Student">The model that is trained.</param>
/// <param name="Task">What is learned.</param>
/// <param name="Train">The training data as the student reads them.</param>
/// <param name="Stride">How many tokens its windows share; null for the task's own number.</param>
/// <param name="Threads">Threads where the teacher's options name none.</param>
/// <param name="Events">Told what happens; null for nobody.</param>
/// <param name="Cancellation">Stops the teacher.</param>
internal sealed record TeacherQuestion(
    TeacherOptions Teacher, PretrainedModel Student, ModelTask Task, EncodedDataset Train, int? Stride, int Threads,
    IProgress<TeacherEvent>? Events, CancellationToken Cancellation)
{
    /// <summary>The training data.</summary>
    public Dataset Data => Train.Source;

    /// <summary>Takes the teacher's outputs as they were kept, or runs it.</summary>
    public TeacherKnowledge Outputs()
    {
        TeacherLogits logits = TeacherLogits.Obtain(
            Teacher, Task, Data, Threads, Events, Cancellation, (Train, Stride));
        return new(logits.Values, Report: logits.Report) { Places = logits.Places };
    }
}
