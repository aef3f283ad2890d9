using OrtTrainer.Artifacts;
using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.OnDevice;
using OrtTrainer.Runtime.OnDevice;
using OrtTrainer.Tests.Models;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.OnDevice;

/// <summary>Batches of every task are those of the reference, but for what padding holds.</summary>
public sealed class OnDeviceBatchTests
{
    private static IEnumerable<TestCaseData> Goldens() =>
        GoldenModel.SharedFolders().Append(GoldenModel.SharedSpans)
            .Select(folder => new TestCaseData(folder).SetArgDisplayNames(Path.GetFileName(folder)));

    [TestCaseSource(nameof(Goldens))]
    public void Inputs_are_those_of_the_reference(string folder)
    {
        GoldenModel.Require(folder);
        using GoldenModel golden = new(folder);
        using SafetensorsFile file = SafetensorsFile.OpenFile(golden.GoldenFile);
        ModelHead head = golden.Task.Head(golden.Outputs);
        string[] inputs =
        [
            .. ArtifactGraph.Evaluation(
                golden.Pretrained.Architecture, head, golden.Task.Distribution, method: null).Inputs,
        ];
        OnDeviceBatch batches = new(inputs, head, golden.Task.Distribution, paddingId: 0);
        for (int number = 0; number < 4; number++)
        {
            TokenizedExample[] examples = golden.Batch(number);

            IReadOnlyList<HostTensor> made = batches.Of(
                examples, [.. Enumerable.Range(0, examples.Length)], new ExampleTargets(golden.Targets(number)), 1);

            foreach ((string input, HostTensor tensor) in inputs.Zip(made))
            {
                string name = $"batch{number}.{input}";
                if (input == PaddedInputs.DecoderInputIds)
                {
                    Assert.That(tensor.Shape[0], Is.EqualTo(examples.Length), name);
                    continue;
                }

                Assert.That(file.TryGet(name, out TensorInfo info), name);
                Assert.That(tensor.Shape, Is.EqualTo(info.Shape), name);
                if (tensor.Values is float[] floats)
                {
                    float[] expected = new float[info.ElementCount];
                    file.ReadFloats(name, expected);
                    Assert.That(floats, Is.EqualTo(expected), name);
                    continue;
                }

                long[] integers = new long[info.ElementCount];
                file.ReadInt64s(name, integers);
                Assert.That(tensor.Values, Is.EqualTo(Visible(file, number, input, info, integers)), name);
            }
        }
    }

    /// <summary>The reference with what is in no row as this program fills it up.</summary>
    private static long[] Visible(
        SafetensorsFile file, int number, string input, TensorInfo info, long[] reference)
    {
        if (info.Shape.Length < 2 || !file.TryGet($"batch{number}.attention_mask", out TensorInfo seen)
            || !seen.Shape.SequenceEqual(info.Shape))
        {
            return input == ArtifactInputs.Labels && info.Shape.Length == 2
                ? [.. reference.Select(id => id < 0 ? CategoricalTargets.Ignored : id)]
                : reference;
        }

        long[] mask = new long[seen.ElementCount];
        file.ReadInt64s($"batch{number}.attention_mask", mask);
        long hidden = input == ArtifactInputs.Labels ? CategoricalTargets.Ignored : 0;
        return [.. reference.Zip(mask, (value, isToken) => isToken == 0 || value < 0 ? hidden : value)];
    }
}
