namespace OrtTrainer.Tests.Runtime.Kernels;

/// <summary>Attention against its definition, over head widths and all short lengths.</summary>
public sealed class AttentionGridTests
{
    // Each list has lengths of every remainder by 16; together they are all from 0 to 70.
    private static readonly object[] Cases =
    [
        new object[] { 3, 1, Lengths(0, 4) },
        new object[] { 6, 5, Lengths(1, 4) },
        new object[] { 4, 8, Lengths(2, 4) },
        new object[] { 1, 16, Lengths(3, 4) },
        new object[] { 2, 24, Lengths(0, 7) },
        new object[] { 12, 32, new[] { 3, 0, 17 } },
        new object[] { 1, 32, Lengths(5, 7) },
        new object[] { 3, 48, new[] { 33, 1, 16 } },
        new object[] { 2, 64, new[] { 31, 65, 0 } },
        new object[] { 1, 100, new[] { 20, 7 } },
    ];

    [TestCaseSource(nameof(Cases))]
    public void Values_and_gradients_are_those_of_the_definition(int heads, int width, int[] lengths)
    {
        foreach (float p in new[] { 0f, 0.5f })
        {
            PackedInputs inputs = PackedInputs.Random(heads, width, lengths, p);
            ReferenceAttention reference = inputs.Reference;

            float[][] forward = inputs.Forward().Outputs(2);
            float[] dqkv = inputs.Backward(forward).Single();

            var (y, logSums) = reference.Forward([.. inputs.Qkv]);
            Expect.Close(forward[0], y, 3e-6, $"y at p = {p}");
            Expect.Close(forward[1], logSums, 1e-6, $"lse at p = {p}");
            Expect.Close(dqkv, reference.Gradient(inputs.Dy, [.. inputs.Qkv]), 3e-6, $"dqkv at p = {p}");
        }
    }

    private static int[] Lengths(int first, int step) =>
        [.. Enumerable.Range(0, 71).Where(length => length % step == first)];
}
