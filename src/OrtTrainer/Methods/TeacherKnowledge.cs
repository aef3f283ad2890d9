using OrtTrainer.Teachers;

namespace OrtTrainer.Methods;

/// <summary>What a teacher says of the training data.</summary>
/// <param name="Outputs">Its outputs, rows of K.</param>
/// <param name="States">What its layers make of the examples; null where the method learns from none.</param>
/// <param name="Report">What the teacher is and took, its layers included.</param>
internal sealed record TeacherKnowledge(float[] Outputs, LayerStates? States = null, TeacherReport? Report = null)
{
    /// <summary>
    /// The row of the outputs that each row of the student's targets learns from, [R], or -1 where there is none; null
    /// where they are the same rows.
    /// </summary>
    public int[]? Places { get; init; }

    /// <summary>All numbers, which decide the bits of a run.</summary>
    public IEnumerable<float[]> Tables => States is null ? [Outputs] : [Outputs, States.Values];
}
