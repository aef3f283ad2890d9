using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Tasks;
using OrtTrainer.Teachers;
using OrtTrainer.Text;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>A teacher, and what it is asked about.</summary>
/// <param name="Teacher">The teacher.</param>
/// <param name="Student">The model that is trained.</param>
/// <param name="Task">What is learned.</param>
/// <param name="Tokenizer">The student's.</param>
/// <param name="Train">The training data as the student reads them.</param>
/// <param name="Eval">The evaluation data as the student reads them.</param>
/// <param name="Stride">How many tokens its windows share; null for the task's own number.</param>
/// <param name="Threads">Threads where the teacher's options name none.</param>
/// <param name="Events">Told what happens; null for nobody.</param>
/// <param name="Cancellation">Stops the teacher.</param>
internal sealed record TeacherQuestion(
    TeacherOptions Teacher, PretrainedModel Student, ModelTask Task, ITextEncoder Tokenizer, EncodedDataset Train,
    EncodedDataset Eval, int? Stride, int Threads, IProgress<TeacherEvent>? Events, CancellationToken Cancellation)
{
    /// <summary>The training data.</summary>
    public Dataset Data => Train.Source;

    /// <summary>Takes the teacher's outputs as they were kept, or runs it, now or with every step.</summary>
    public TeacherKnowledge Outputs()
    {
        if (Task.TeachesSteps)
        {
            StepTeacher teacher = StepTeacher.Open(
                Teacher, Task, (Tokenizer)Tokenizer, Eval, Threads, Cancellation);
            if (Teacher.TopK is not { } top)
            {
                return new(teacher, Report: teacher.Report);
            }

            using (teacher)
            {
                TopTokens kept = teacher.Keep(Train, top, Cancellation);
                return new(kept, Report: kept.Report);
            }
        }

        TeacherLogits logits = TeacherLogits.Obtain(
            Teacher, Task, Data, Threads, Events, Cancellation, (Train, Stride));
        return new(new KeptOutputs(logits.Values, logits.Places), Report: logits.Report);
    }
}
