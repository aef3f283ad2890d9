using System.Runtime.InteropServices;
using System.Security.Cryptography;
using OrtTrainer.Teachers;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>What a teacher says of the training data.</summary>
/// <param name="Outputs">Its outputs; disposed with this.</param>
/// <param name="States">What its layers make of the examples; null where the method learns from none.</param>
/// <param name="Report">What the teacher is and took, its layers included.</param>
internal sealed record TeacherKnowledge(
    TeacherOutputs Outputs, LayerStates? States = null, TeacherReport? Report = null) : IDisposable
{
    /// <summary>Adds all that decides the bits of a run.</summary>
    public void AppendTo(IncrementalHash hash)
    {
        Outputs.AppendTo(hash);
        if (States is not null)
        {
            hash.AppendData(MemoryMarshal.AsBytes<float>(States.Values));
        }
    }

    /// <summary>Numbers that are held while a step runs.</summary>
    /// <param name="logits">Logits of the largest batch there can be.</param>
    public long ValuesFor(long logits) => Outputs.ValuesFor(logits) + (States?.Values.LongLength ?? 0);

    public void Dispose() => Outputs.Dispose();
}
