using OrtTrainer.Checkpoints;

namespace OrtTrainer.Tests.Checkpoints;

/// <summary>Real models written again: what was read from any format comes back from our own file bit for
/// bit.</summary>
internal sealed class GoldenRewriteTests
{
    [Test]
    public void Every_weight_folder_survives_being_written_as_safetensors()
    {
        using var folder = new TemporaryFolder();
        foreach (var source in Directory.GetDirectories(SharedFiles.Golden("files"), "bert-*"))
        {
            using var original = Checkpoint.Open(source);
            SafetensorsWriter.Write(
                folder.File("model.safetensors"), original.Names.Select(name => Copy(original, name)));

            using var written = Checkpoint.Open(folder.Path);
            Assert.That(written.Names, Is.EquivalentTo(original.Names));
            foreach (var name in original.Names)
            {
                AssertEqual(original, written, name);
            }
        }
    }

    [Test]
    public void Every_golden_configuration_keeps_all_fields_when_relabelled()
    {
        using var folder = new TemporaryFolder();
        foreach (var source in Directory.GetDirectories(SharedFiles.Golden("models")))
        {
            var original = ModelConfig.Load(source);
            original.With(["no", "yes"]).Save(folder.Path);

            var before = original.ToJson();
            var after = ModelConfig.Load(folder.Path).ToJson();
            foreach (var (field, value) in before.Where(field => field.Key is not ("id2label" or "label2id")))
            {
                Assert.That(
                    System.Text.Json.Nodes.JsonNode.DeepEquals(after[field], value), Is.True, $"{source}: {field}");
            }
        }
    }

    private static TensorData Copy(Checkpoint source, string name)
    {
        source.TryGet(name, out var info);
        if (info.ElementType == ElementType.Int64)
        {
            var numbers = new long[info.ElementCount];
            source.ReadInt64s(name, numbers);
            return TensorData.Int64s(name, info.Shape.AsSpan(), numbers);
        }

        var values = new float[info.ElementCount];
        source.ReadFloats(name, values);
        return TensorData.Floats(name, info.Shape.AsSpan(), values);
    }

    private static void AssertEqual(Checkpoint expected, Checkpoint actual, string name)
    {
        expected.TryGet(name, out var info);
        actual.Require(name, info.Shape.AsSpan());
        var expectedValues = new float[info.ElementCount];
        var actualValues = new float[info.ElementCount];
        expected.ReadFloats(name, expectedValues);
        actual.ReadFloats(name, actualValues);
        Assert.That(
            actualValues.Select(BitConverter.SingleToUInt32Bits),
            Is.EqualTo(expectedValues.Select(BitConverter.SingleToUInt32Bits)), name);
    }
}
