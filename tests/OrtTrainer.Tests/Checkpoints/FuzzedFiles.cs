using OrtTrainer.Checkpoints;

namespace OrtTrainer.Tests.Checkpoints;

/// <summary>Seeded damage: changed, removed, repeated and inserted bytes.</summary>
internal static class FuzzedFiles
{
    private const long MostAllocation = 64 << 20;

    /// <summary>
    /// Opens damaged versions of a file and reads every tensor: each attempt ends in success or a <see
    /// cref="CheckpointException"/> and allocates no more than 64 MB.
    /// </summary>
    public static void Check(byte[] original, int mutations, Func<string, Checkpoint> open)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(20240601);
        var refused = 0;
        for (var i = 0; i < mutations; i++)
        {
            var path = folder.Write("fuzzed.bin", Mutate(original, random));
            var before = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                using var checkpoint = open(path);
                ReadAll(checkpoint);
            }
            catch (CheckpointException e)
            {
                Assert.That(e.Message, Does.StartWith(path), $"mutation {i}");
                refused++;
            }

            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(MostAllocation), $"mutation {i}");
        }

        Assert.That(refused, Is.GreaterThan(mutations / 10), "damage that nothing notices tests nothing");
    }

    private static void ReadAll(Checkpoint checkpoint)
    {
        foreach (var name in checkpoint.Names)
        {
            Assert.That(checkpoint.TryGet(name, out var info), Is.True);
            checkpoint.ReadFloats(name, new float[info.ElementCount]);
        }
    }

    private static byte[] Mutate(byte[] original, Random random)
    {
        List<byte> bytes = [.. original];
        for (var edits = random.Next(1, 4); edits > 0; edits--)
        {
            var at = random.Next(bytes.Count);
            var length = random.Next(1, Math.Min(16, bytes.Count - at) + 1);
            switch (random.Next(5))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2 when bytes.Count > length:
                    bytes.RemoveRange(at, length);
                    break;
                case 3:
                    bytes.InsertRange(at, bytes.GetRange(at, length));
                    break;
                default:
                    // Huge numbers in one place: all ones, or a single high bit.
                    for (var i = 0; i < Math.Min(length, 8); i++)
                    {
                        bytes[at + i] = random.Next(2) == 0 ? (byte)0xFF : (byte)0x7F;
                    }

                    break;
            }
        }

        return [.. bytes];
    }
}
