using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Evaluation;
using OrtTrainer.Models;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tasks;

/// <summary>From a teacher's outputs to what a student learns from: by default a row for every example.</summary>
public abstract partial class ModelTask
{
    /// <summary>Whether another is this task, of the same model or of another.</summary>
    internal bool IsTask(ModelTask other) => Name == other.Name;

    /// <summary>Why no teacher's outputs can be learned from, after the name of the task, and what to take; null where
    /// they can.</summary>
    internal virtual string? WithoutTeachers => null;

    /// <summary>Whether a teacher answers for tokens; where it has a table, see <see cref="TeacherRows"/>.</summary>
    internal virtual bool TeachesTokens => false;

    /// <summary>Whether a teacher runs with every step and has no table of all its outputs.</summary>
    internal virtual bool TeachesSteps => false;

    /// <summary>Whether tokens are drawn anew for every step, so that nothing a teacher says of them can be
    /// kept.</summary>
    internal virtual bool DrawsTokens => false;

    /// <summary>Whether a teacher has to read the same windows as its student.</summary>
    internal virtual bool SharesWindows => false;

    /// <summary>Where a teacher's outputs for tokens are in its table: by default a row for each of them.</summary>
    /// <param name="teacher">The data as the teacher reads them.</param>
    internal virtual TokenRows TeacherRows(EncodedDataset teacher) =>
        TokenRows.OfAll([.. teacher.Inputs.Select(input => input.InputIds.Length)]);

    /// <summary>The row of a teacher's table that each row of a student's targets learns from, [R], or -1 where there
    /// is none; null where they are the same rows.</summary>
    /// <param name="student">The data as the student reads them.</param>
    /// <param name="teacher">The same data as the teacher reads them.</param>
    /// <param name="table">Where its rows are.</param>
    /// <exception cref="RunException">The student's tokens cannot learn from those of the teacher.</exception>
    internal virtual int[]? LearnedRows(EncodedDataset student, EncodedDataset teacher, TokenRows table) => null;

    /// <summary>Compares a teacher's outputs with the labels.</summary>
    /// <param name="outputs">[N, K], in the order of the data's labels.</param>
    /// <param name="data">The examples, N of them.</param>
    /// <exception cref="NotSupportedException">A teacher has no such outputs.</exception>
    /// <exception cref="ArgumentException">There are not N x K outputs.</exception>
    internal TeacherAudit Audit(ReadOnlySpan<float> outputs, Dataset data)
    {
        if (outputs.Length != (long)data.Count * data.Outputs)
        {
            throw new ArgumentException($"There are {outputs.Length} logits for {data.Count} examples of " +
                $"{data.Outputs} outputs; expected {(long)data.Count * data.Outputs}.", nameof(outputs));
        }

        double[] values = new double[outputs.Length];
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = outputs[i];
        }

        return AuditOf(values, data);
    }

    /// <summary>Compares a teacher's outputs for tokens with the labels.</summary>
    /// <param name="outputs">Its table, in the order of the data's labels.</param>
    /// <param name="teacher">The data as it reads them.</param>
    /// <param name="table">Where its rows are.</param>
    /// <exception cref="NotSupportedException">A teacher has no such table; see
    /// <see cref="TeachesTokens"/>.</exception>
    internal virtual TeacherAudit Audit(float[] outputs, EncodedDataset teacher, TokenRows table) =>
        throw new NotSupportedException($"A teacher for {Name} has no rows of tokens.");

    /// <summary>What the scores of a teacher that runs with every step say of it.</summary>
    /// <param name="scores">Its scores on the evaluation data.</param>
    /// <param name="rows">Their examples.</param>
    /// <exception cref="NotSupportedException">A teacher does not; see <see cref="TeachesSteps"/>.</exception>
    internal virtual TeacherAudit Audit(EvaluationScores scores, int rows) =>
        throw new NotSupportedException($"A teacher for {Name} does not run with every step.");

    /// <summary>What <see cref="Audit(ReadOnlySpan{float}, Dataset)"/> gives; the outputs are as many as there should
    /// be.</summary>
    private protected virtual TeacherAudit AuditOf(double[] outputs, Dataset data) => throw new NotSupportedException(
        $"A teacher's outputs for {Name} cannot be learned from.");
}
