using Google.Protobuf;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Models.Building;

/// <summary>The graph that trains and the graph that is exported compute the same rows.</summary>
public sealed class PackedAndPaddedTests
{
    private static readonly int[] Lengths = [1, 7, 16, 17, 2];

    [TestCase(true)]
    [TestCase(false)]
    public void A_causal_model_gives_every_token_the_same_scores(bool kernels) =>
        AssertAgree(TinyDecoder.Make(), new TinyDecoder.TiedHead(), kernels);

    [Test]
    public void A_head_on_every_token_of_an_encoder_does_too()
    {
        using TemporaryFolder folder = new();
        TinyBert.Write(folder.Path, ["one", "two", "three", "four", "five", "six"]);
        using PretrainedModel model = PretrainedModel.Open(folder.Path);

        AssertAgree(model.Architecture, new TokenHead(4), kernels: true);
    }

    [Test]
    public void A_head_on_the_sequence_gives_one_row_each()
    {
        using TemporaryFolder folder = new();
        TinyBert.Write(folder.Path, ["one", "two", "three", "four", "five", "six"]);
        using PretrainedModel model = PretrainedModel.Open(folder.Path);

        AssertAgree(model.Architecture, new SequenceHead(3), kernels: true);
    }

    private static void AssertAgree(Architecture architecture, ModelHead head, bool kernels)
    {
        PackedGraph graph = PackedGraph.Evaluation(architecture, head);
        using WeightBuffer weights = new(Device.Default, graph.Layout.Length);
        foreach (ParameterSpec parameter in graph.Layout.Parameters)
        {
            weights.Write(graph.Layout.OffsetOf(parameter), (int)parameter.Length, values =>
                ParameterInitializer.Fill(parameter, values, 0.4, seed: 3));
        }

        TokenizedExample[] examples = [.. Lengths.Select((length, b) => new TokenizedExample(
            [.. Enumerable.Range(0, length).Select(i => ((i * 5) + b) % 11)], new int[length]))];

        float[] packed = Packed(graph, weights, examples, kernels, out long[] offsets);
        float[] padded = Padded(PaddedGraph.Build(architecture, head, graph.Layout, weights).ToByteArray(), examples);

        for (int b = 0; b < examples.Length; b++)
        {
            (int first, int count) = head.Rows.Packed(b, offsets, chosen: []);
            (int paddedFirst, int paddedCount) = head.Rows.Padded(b, Lengths[b], Lengths.Max());
            Assert.That(count, Is.EqualTo(ReferenceEquals(head.Rows, OutputRows.PerToken) ? Lengths[b] : 1));
            Assert.That(paddedCount, Is.EqualTo(count));
            Assert.That(
                padded[(paddedFirst * head.Outputs)..((paddedFirst + count) * head.Outputs)],
                Is.EqualTo(packed[(first * head.Outputs)..((first + count) * head.Outputs)]).Within(2e-5),
                $"example {b}");
        }
    }

    private static float[] Packed(
        PackedGraph graph, WeightBuffer weights, TokenizedExample[] examples, bool kernels, out long[] offsets)
    {
        using GraphSession session = GraphSession.FromBytes(
            graph.Model, new ExecutionOptions { UseKernels = kernels, IntraOpThreads = 1 });
        using Binding binding = session.CreateBinding();
        foreach (ParameterView view in graph.Layout.Views)
        {
            binding.BindInput(view.Name, weights, graph.Layout.OffsetOf(view), [.. view.Shape]);
        }

        binding.BindOutput(PackedInputs.Logits);
        PackedBatch batch = new();
        batch.Fill(examples, [.. Enumerable.Range(0, examples.Length)]);
        batch.Bind(binding, graph.Inputs);
        binding.Run();
        offsets = batch.Offsets.ToArray();
        return binding.Output(PackedInputs.Logits).ToArray();
    }

    private static float[] Padded(byte[] model, TokenizedExample[] examples)
    {
        int width = Lengths.Max();
        using GraphSession session = GraphSession.FromBytes(model, new ExecutionOptions { IntraOpThreads = 1 });
        using Binding binding = session.CreateBinding();
        foreach (GraphValue input in session.Inputs)
        {
            long[] values = [.. examples.SelectMany(e => Enumerable.Range(0, width).Select(i =>
                i >= e.InputIds.Length || input.Name == PaddedInputs.TokenTypeIds ? 0L
                : input.Name == PaddedInputs.InputIds ? e.InputIds[i] : 1L))];
            binding.SetInput(input.Name, values, [examples.Length, width]);
        }

        binding.BindOutput(PaddedInputs.Logits);
        binding.Run();
        return binding.Output(PaddedInputs.Logits).ToArray();
    }
}
