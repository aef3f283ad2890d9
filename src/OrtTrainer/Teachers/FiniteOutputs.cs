using System.Numerics.Tensors;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Teachers;

/// <summary>A student must not learn from what is no number.</summary>
internal static class FiniteOutputs
{
    /// <summary>Checks what a teacher gave, the same number of values for every example.</summary>
    /// <param name="values">[N, ...].</param>
    /// <param name="teacher">Its folder.</param>
    /// <param name="data">The examples, N of them.</param>
    /// <exception cref="RunException">A value is NaN or infinite.</exception>
    public static void Require(float[] values, string teacher, Dataset data) =>
        Require(values, teacher, data, place => place / (values.Length / data.Count));

    /// <summary>Checks what a teacher gave for tokens.</summary>
    /// <param name="values">Rows of K values.</param>
    /// <param name="teacher">Its folder.</param>
    /// <param name="data">The data as it reads them.</param>
    /// <param name="table">Where the rows are.</param>
    /// <exception cref="RunException">A value is NaN or infinite.</exception>
    public static void Require(float[] values, string teacher, EncodedDataset data, TokenRows table) =>
        Require(values, teacher, data.Source, place => data.ExamplesOfInputs()[
            table.OfInputs.TakeWhile(rows => !rows.Contains(place / data.Targets.Outputs)).Count()]);

    /// <summary>Checks what a teacher gave for the inputs of a step.</summary>
    /// <param name="values">All of it.</param>
    /// <param name="teacher">Its folder.</param>
    /// <param name="step">The optimizer step, counted from 0.</param>
    /// <exception cref="RunException">A value is NaN or infinite.</exception>
    public static void Require(ReadOnlySpan<float> values, string teacher, long step) =>
        Require(values, teacher, $"in step {step + 1}");

    /// <summary>Checks some of what a teacher gave.</summary>
    /// <param name="values">That.</param>
    /// <param name="teacher">Its folder.</param>
    /// <param name="where">Where it gave it, for the message.</param>
    /// <exception cref="RunException">A value is NaN or infinite.</exception>
    public static void Require(ReadOnlySpan<float> values, string teacher, string where)
    {
        // The largest magnitude is NaN where any value is.
        if (!values.IsEmpty && !float.IsFinite(TensorPrimitives.MaxMagnitude(values)))
        {
            throw new RunException($"{teacher}: the teacher gave values that are no numbers {where}. Its " +
                "weights are damaged: copy or train it again.");
        }
    }

    private static void Require(float[] values, string teacher, Dataset data, Func<int, int> exampleOf)
    {
        int broken = Array.FindIndex(values, value => !float.IsFinite(value));
        if (broken >= 0)
        {
            Example example = data.Examples[exampleOf(broken)];
            throw new RunException($"{teacher}: the teacher gave {values[broken]} for the row on line " +
                $"{example.Line} of {data.Source}. Its weights are damaged: copy or train it again.");
        }
    }
}
