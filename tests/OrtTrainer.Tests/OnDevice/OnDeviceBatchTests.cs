using OrtTrainer.Artifacts;
using OrtTrainer.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Models;
using OrtTrainer.OnDevice;
using OrtTrainer.Runtime.OnDevice;
using OrtTrainer.Tasks.QuestionAnswering;
using OrtTrainer.Tests.Models;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.OnDevice;

/// <summary>Batches of every task are those of the reference, but for what padding holds.</summary>
public sealed class OnDeviceBatchTests
{
    private static IEnumerable<TestCaseData> Goldens() =>
        GoldenModel.SharedFolders()
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
                Assert.That(tensor.Values, Is.EqualTo(Visible(file, number, input, info, integers, head)), name);
            }
        }
    }

    [Test]
    public void Answers_are_their_first_and_last_tokens()
    {
        SpanHead head = new();
        OnDeviceBatch batches = new(
            [
                PaddedInputs.InputIds, ArtifactInputs.StartPositions, ArtifactInputs.EndPositions,
                ArtifactInputs.LossScale,
            ],
            head, OutputDistribution.Positions, paddingId: 9);
        TokenizedExample[] examples = [new([1, 2, 3, 4], new int[4]), new([5], new int[1]), new([6, 7], new int[2])];
        SpanTargets targets = new([(1, 3), (0, 0), (0, 1)], [4, 1, 2]);

        IReadOnlyList<HostTensor> made = batches.Of(examples, [0, 2], new ExampleTargets(targets), share: 0.25f);

        Assert.That(made[0].Values, Is.EqualTo(new long[] { 1, 2, 3, 4, 6, 7, 9, 9 }));
        Assert.That(made[1].Values, Is.EqualTo(new long[] { 1, 0 }));
        Assert.That(made[2].Values, Is.EqualTo(new long[] { 3, 1 }));
        Assert.That(made[3].Values, Is.EqualTo(new[] { 0.25f }));
        Assert.That(made.Select(tensor => tensor.Shape), Is.EqualTo(new long[][] { [2, 4], [2], [2], [] }));
    }

    /// <summary>The reference with what no row has, or none reads, as this program fills it up.</summary>
    private static long[] Visible(
        SafetensorsFile file, int number, string input, TensorInfo info, long[] reference, ModelHead head)
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
        bool IsUnread(int at) => input == ArtifactInputs.Labels && head.WritesOn && at % info.Shape[1] == 0;
        return
        [
            .. reference.Select((value, at) => mask[at] == 0 || value < 0 || IsUnread(at) ? hidden : value),
        ];
    }
}
