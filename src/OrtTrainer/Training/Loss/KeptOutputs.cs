using System.Runtime.InteropServices;
using System.Security.Cryptography;
using OrtTrainer.Data;

namespace OrtTrainer.Training.Loss;

/// <summary>Outputs of a teacher for the whole data set, computed once.</summary>
/// <param name="values">Rows of K values.</param>
/// <param name="places">The row of them that each row of the student's targets learns from, [R], or -1 where there is
/// none; null where they are the same rows.</param>
internal sealed class KeptOutputs(float[] values, int[]? places = null) : TeacherOutputs
{
    /// <inheritdoc/>
    public override LossTerm SoftLoss(
        OutputDistribution distribution, TaskTargets targets, double temperature, bool divergence, double weight)
    {
        (float[] soft, float[]? offsets) = distribution.Soften(values, targets, temperature, divergence);
        return new SoftTargetLoss(soft, targets.Outputs, offsets, temperature, weight, places);
    }

    /// <inheritdoc/>
    public override LossTerm ErrorLoss(
        OutputDistribution distribution, TaskTargets targets, Func<long, float> weightAt, Func<long, float> scaleAt)
    {
        float[]? shares = places is not null
            ? Array.ConvertAll(places, place => place < 0 ? 0f : 1f)
            : distribution.RowShares(targets);
        return new LogitErrorLoss(
            RowTable.OfOutputs(InputName, values, targets.Outputs, places), shares, weightAt, scaleAt);
    }

    /// <inheritdoc/>
    public override void AppendTo(IncrementalHash hash) => hash.AppendData(MemoryMarshal.AsBytes<float>(values));
}
