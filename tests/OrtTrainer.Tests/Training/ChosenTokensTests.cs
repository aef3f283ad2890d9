using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks.MaskedLanguageModel;
using OrtTrainer.Tests.Models;
using OrtTrainer.Tests.Checkpoints;
using OrtTrainer.Data;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Training;

/// <summary>A head that answers for chosen tokens gives what it gives for all, those rows alone.</summary>
public sealed class ChosenTokensTests
{
    [TestCase(true)]
    [TestCase(false)]
    public void Loss_gradients_and_logits_are_those_of_all_tokens_with_the_others_ignored(bool kernels)
    {
        using TemporaryFolder folder = new();
        TinyBert.Write(folder.Path, [.. Enumerable.Range(0, 20).Select(i => $"w{i}")]);
        using PretrainedModel model = PretrainedModel.Open(folder.Path);
        int[][] ids = [[2, 7, 8, 9, 3], [2, 10, 3], [2, 11, 12, 13, 14, 15, 3]];
        int[][] chosen = [[1, 3], [1], [2, 5, 4]];
        TokenizedExample[] all = [.. ids.Select(row => new TokenizedExample(row, new int[row.Length]))];
        TokenizedExample[] some = [.. all.Zip(chosen, (example, places) => example with { OutputTokens = places })];
        TokenTargets everywhere = TokenTargets.Of(
            [
                .. ids.Zip(chosen, (row, places) => row.Select((id, place) =>
                    places.Contains(place) ? 24 - id : CategoricalTargets.Ignored).ToArray()),
            ], 25);
        TokenTargets there = TokenTargets.Of(
            [.. ids.Zip(chosen, (row, places) => places.Select(place => 24 - row[place]).ToArray())], 25);

        using Run whole = new(model, kernels, all, everywhere);
        using Run part = new(model, kernels, some, there);

        Assert.That(part.Loss, Is.EqualTo(whole.Loss).Within(1e-6));
        Assert.That(part.Gradients, Is.EqualTo(whole.Gradients).Within(1e-6));
        Assert.That(part.Logits, Has.Length.EqualTo(6 * 25));
        Assert.That(part.Logits, Is.EqualTo(new[] { 1, 3, 6, 10, 13, 12 }
            .SelectMany(row => whole.Logits[(row * 25)..((row + 1) * 25)])).Within(1e-6));
    }

    private sealed class Run : IDisposable
    {
        private readonly WeightBuffer _parameters;
        private readonly WeightBuffer _gradients;
        private readonly GradientSession _session;

        public Run(PretrainedModel model, bool kernels, TokenizedExample[] examples, TokenTargets targets)
        {
            TrainingObjective objective =
                new(MaskedLanguageModelTask.Instance.Distribution, new ExampleTargets(targets));
            TrainingGraph graph = TrainingGraph.Build(
                model.Architecture, MaskedLanguageModelTask.Instance.Head(25), objective, dropout: false);
            _parameters = new WeightBuffer(Device.Default, graph.Layout.Length);
            _gradients = new WeightBuffer(Device.Default, graph.Layout.Length);
            model.Load(graph.Layout, _parameters, seed: 1);
            ExecutionOptions execution = new() { UseKernels = kernels, IntraOpThreads = 1 };
            _session = new GradientSession(graph, execution, _parameters, _gradients);
            PackedBatch batch = new();
            int[] order = [.. Enumerable.Range(0, examples.Length)];
            batch.Fill(examples, order, objective);
            Loss = _session.Run(batch, objective.MeanScale(order), default).Total;
            Gradients = _gradients.Slice(0, (int)graph.Layout.Length).ToArray();
            Logits = TrainingLogits.Of(
                PackedGraph.Evaluation(model.Architecture, MaskedLanguageModelTask.Instance.Head(25)), execution,
                _parameters, batch);
        }

        public float Loss { get; }

        public float[] Gradients { get; }

        public float[] Logits { get; }

        public void Dispose()
        {
            _session.Dispose();
            _parameters.Dispose();
            _gradients.Dispose();
        }
    }
}
