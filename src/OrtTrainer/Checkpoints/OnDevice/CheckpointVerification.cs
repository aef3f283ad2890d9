using Google.FlatBuffers;

namespace OrtTrainer.Checkpoints.OnDevice;

/// <summary>
/// Checks that all offsets, lengths and strings of a checkpoint lie within it, before any of them is followed.
/// </summary>
internal static class CheckpointVerification
{
    /// <summary>Whether a buffer is a whole checkpoint.</summary>
    public static bool IsWhole(byte[] bytes)
    {
        try
        {
            return new Verifier(new ByteBuffer(bytes), new Google.FlatBuffers.Options())
                .VerifyBuffer(CheckpointSchema.Identifier, false, Root);
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            // A number of a damaged file that led outside the buffer.
            return false;
        }
    }

    private static bool Root(Verifier verifier, uint table) =>
        verifier.VerifyTableStart(table)
        && verifier.VerifyField(table, At(CheckpointSchema.Root.VersionNumber), sizeof(int), sizeof(int), false)
        && verifier.VerifyTable(table, At(CheckpointSchema.Root.Module), Module, false)
        && verifier.VerifyVectorOfTables(table, At(CheckpointSchema.Root.OptimizerGroups), Group, false)
        && verifier.VerifyTable(table, At(CheckpointSchema.Root.Properties), Bag, false)
        && verifier.VerifyTableEnd(table);

    private static bool Module(Verifier verifier, uint table) =>
        verifier.VerifyTableStart(table)
        && verifier.VerifyVectorOfTables(table, At(CheckpointSchema.Module.Trainable), Tensor, false)
        && verifier.VerifyVectorOfTables(table, At(CheckpointSchema.Module.Frozen), Tensor, false)
        && verifier.VerifyField(table, At(CheckpointSchema.Module.IsNominal), 1, 1, false)
        && verifier.VerifyField(table, At(CheckpointSchema.Module.HasExternalData), 1, 1, false)
        && verifier.VerifyTableEnd(table);

    private static bool Group(Verifier verifier, uint table) =>
        verifier.VerifyTableStart(table)
        && verifier.VerifyString(table, At(CheckpointSchema.Group.Name), false)
        && verifier.VerifyField(table, At(CheckpointSchema.Group.Step), sizeof(long), sizeof(long), false)
        && verifier.VerifyField(
            table, At(CheckpointSchema.Group.InitialLearningRate), sizeof(float), sizeof(float), false)
        && verifier.VerifyVectorOfTables(table, At(CheckpointSchema.Group.States), State, false)
        && verifier.VerifyTableEnd(table);

    private static bool State(Verifier verifier, uint table) =>
        verifier.VerifyTableStart(table)
        && verifier.VerifyString(table, At(CheckpointSchema.State.Parameter), false)
        && verifier.VerifyVectorOfTables(table, At(CheckpointSchema.State.Moments), Tensor, false)
        && verifier.VerifyTableEnd(table);

    private static bool Bag(Verifier verifier, uint table) =>
        verifier.VerifyTableStart(table)
        && verifier.VerifyVectorOfTables(
            table, At(CheckpointSchema.Bag.Integers), (v, t) => Property(v, t, sizeof(long)), false)
        && verifier.VerifyVectorOfTables(
            table, At(CheckpointSchema.Bag.Floats), (v, t) => Property(v, t, sizeof(float)), false)
        && verifier.VerifyVectorOfTables(
            table, At(CheckpointSchema.Bag.Strings), (v, t) => Property(v, t, size: null), false)
        && verifier.VerifyTableEnd(table);

    private static bool Property(Verifier verifier, uint table, ulong? size) =>
        verifier.VerifyTableStart(table)
        && verifier.VerifyString(table, At(CheckpointSchema.Property.Name), false)
        && (size is { } bytes
            ? verifier.VerifyField(table, At(CheckpointSchema.Property.Value), bytes, bytes, false)
            : verifier.VerifyString(table, At(CheckpointSchema.Property.Value), false))
        && verifier.VerifyTableEnd(table);

    private static bool Tensor(Verifier verifier, uint table) =>
        verifier.VerifyTableStart(table)
        && verifier.VerifyString(table, At(CheckpointSchema.Tensor.Name), false)
        && verifier.VerifyString(table, At(CheckpointSchema.Tensor.Documentation), false)
        && verifier.VerifyVectorOfData(table, At(CheckpointSchema.Tensor.Dimensions), sizeof(long), false)
        && verifier.VerifyField(table, At(CheckpointSchema.Tensor.DataType), sizeof(int), sizeof(int), false)
        && verifier.VerifyVectorOfData(table, At(CheckpointSchema.Tensor.RawData), 1, false)
        && verifier.VerifyVectorOfStrings(table, At(CheckpointSchema.Tensor.StringData), false)
        && verifier.VerifyField(
            table, At(CheckpointSchema.Tensor.ExternalOffset), sizeof(long), sizeof(long), false)
        && verifier.VerifyTableEnd(table);

    /// <summary>Where the offset of a field stands in its table's list of fields.</summary>
    private static short At(int field) => (short)(4 + (2 * field));
}
