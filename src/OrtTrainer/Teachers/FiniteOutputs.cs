using OrtTrainer.Common;
using OrtTrainer.Data;

namespace OrtTrainer.Teachers;

/// <summary>A student must not learn from what is no number.</summary>
internal static class FiniteOutputs
{
    /// <summary>Checks what a teacher gave, the same number of values for every example.</summary>
    /// <param name="values">[N, ...].</param>
    /// <param name="teacher">Its folder.</param>
    /// <param name="data">The examples, N of them.</param>
    /// <exception cref="RunException">A value is NaN or infinite.</exception>
    public static void Require(float[] values, string teacher, Dataset data)
    {
        int broken = Array.FindIndex(values, value => !float.IsFinite(value));
        if (broken >= 0)
        {
            Example example = data.Examples[broken / (values.Length / data.Count)];
            throw new RunException($"{teacher}: the teacher gave {values[broken]} for the row on line " +
                $"{example.Line} of {data.Source}. Its weights are damaged: copy or train it again.");
        }
    }
}
