using OrtTrainer.Compilation;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Updates;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;

namespace OrtTrainer.Tests.Compilation;

/// <summary>Training from compiled files alone, on sessions without kernels of ours, as the engine trains.</summary>
public sealed class CompiledTrainingTests
{
    private const int Steps = 7;

    [TestCase(null)]
    [TestCase(0.0)]
    public void A_whole_model_has_the_losses_of_the_engine(double? dropout)
    {
        using CompiledModel model = new(dropout: dropout);
        CompiledGraphs compiled = CompiledGraphs.Open(model.Folder);
        TrainingGraph graph = compiled.Training();
        using TrainingState state = new(graph.Layout.Weights, new AdamWOptions(), average: null, model.Updates);
        compiled.Load(model.Weights, graph.Layout, state.Parameters);

        float[] losses = model.Losses(graph, state, CompiledModel.Stock, Steps);

        Assert.That(losses, Is.EqualTo(model.EngineLosses(Steps)).Within(1e-5));
        Assert.That(losses.Distinct().Count(), Is.EqualTo(Steps));
    }

    [TestCase(1, null)]
    [TestCase(1, 0.0)]
    [TestCase(2, null)]
    public void Last_layers_on_states_that_are_made_once_have_the_losses_of_the_engine(int last, double? dropout)
    {
        using CompiledModel model = new(last, dropout);
        CompiledGraphs compiled = CompiledGraphs.Open(model.Folder);
        TrainingGraph graph = compiled.Training();
        float[][] states = StatesOf(compiled, model);
        using TrainingState state = new(graph.Layout.Weights, new AdamWOptions(), average: null, model.Updates);
        compiled.Load(model.Weights, graph.Layout, state.Parameters);
        using WeightBuffer gradients = new(Device.Default, graph.Layout.Length);
        using GraphSession session = GraphSession.FromBytes(graph.Packed.Model, CompiledModel.Stock);
        using Binding binding = session.CreateBinding();
        foreach (ParameterView view in graph.Layout.Views)
        {
            binding.BindInput(view.Name, state.Parameters, graph.Layout.OffsetOf(view), [.. view.Shape]);
            binding.BindOutput(view.GradientName, gradients, graph.Layout.OffsetOf(view), [.. view.Shape]);
        }

        binding.BindOutput(PackedInputs.Loss);
        EpochOrder order = new(model.Examples.Length, CompiledModel.BatchSize, seed: 1);
        GradientNorm norm = model.Updates.CreateNorm(graph.Layout.Weights);
        BlockMap all = new(graph.Layout.Weights);
        all.Mark(0, graph.Layout.Weights.Length);
        List<float> losses = [];
        PackedBatch batch = new();
        for (int step = 0; step < Steps; step++)
        {
            int[] indices = order.ExamplesOf(step).ToArray();
            batch.Fill(model.Examples, indices, model.Objective, step);
            batch.Bind(binding, graph.Packed.Inputs);
            float[] stack = [.. indices.SelectMany(index => states[index])];
            binding.SetInput(PackedInputs.FrozenStates, stack, [batch.Tokens, stack.Length / batch.Tokens]);
            binding.SetInput(PackedInputs.LossScale, [1f / indices.Length], []);
            DropoutKey key = DropoutKey.For(seed: 1, step);
            binding.SetInput(PackedInputs.DropoutKey, [key.First, key.Second], [2]);
            binding.Run();
            losses.Add(binding.Output(PackedInputs.Loss)[0]);
            double scale = GradientClipping.Coefficient(norm.Measure(gradients, all), 1);
            state.Update(gradients, norm.NonZero, scale, rate: 1e-3, averages: false);
        }

        Assert.That(losses, Is.EqualTo(model.EngineLosses(Steps)).Within(1e-5));
        Assert.That(losses.Distinct().Count(), Is.EqualTo(Steps));
    }

    [Test]
    public void Frozen_layers_have_no_gradients_and_ask_for_nothing_in_the_graph_that_trains()
    {
        using CompiledModel model = new(trainLast: 1);

        GraphManifest manifest = CompiledGraphs.Open(model.Folder).Manifest;

        CompiledFile training = manifest.Find(GraphRole.Training)!;
        Assert.That(training.Inputs.Select(input => input.Name), Is.EquivalentTo(new[]
        {
            "offsets", "frozen_states", "dropout_key", "targets", "example_weights", "loss_scale",
        }));
        Assert.That(training.Parameters, Has.None.Contains("embeddings").And.None.Contains("layer.0."));
        Assert.That(
            training.Outputs.Select(output => output.Name),
            Is.EquivalentTo(training.Parameters.Select(name => name + ".gradient")
                .Concat(["loss", "label_loss", "logits"])));
        Assert.That(
            manifest.Parameters.Where(parameter => parameter.Trained).Select(parameter => parameter.Gradient!.Output),
            Is.EquivalentTo(training.Parameters.Select(name => name + ".gradient")));
        Assert.That(
            manifest.Find(GraphRole.Frozen)!.Parameters.Any(training.Parameters.Contains), Is.False);
    }

    [TestCase(null)]
    [TestCase(1)]
    public void Evaluation_and_inference_give_the_same_logits(int? last)
    {
        using CompiledModel model = new(last);
        CompiledGraphs compiled = CompiledGraphs.Open(model.Folder);
        ParameterLayout layout = compiled.Layout();
        using WeightBuffer weights = new(Device.Default, layout.Length);
        compiled.Load(model.Weights, layout, weights);
        long[] ids = [.. model.Examples[0].InputIds.Select(id => (long)id)];
        Dictionary<string, (long[] Values, long[] Shape)> batch = new()
        {
            ["input_ids"] = (ids, [ids.Length]), ["token_type_ids"] = (new long[ids.Length], [ids.Length]),
            ["position_ids"] = ([.. ids.Select((_, i) => (long)i)], [ids.Length]), ["offsets"] = ([0, ids.Length], [2]),
        };
        long[] row = [1, ids.Length];
        Dictionary<string, (long[] Values, long[] Shape)> padded = new()
        {
            ["input_ids"] = (ids, row), ["token_type_ids"] = (new long[ids.Length], row),
            ["attention_mask"] = ([.. ids.Select(_ => 1L)], row),
        };

        float[] states = last is null ? [] : Run(compiled, GraphRole.Frozen, layout, weights, batch, []);
        float[] evaluated = Run(compiled, GraphRole.Evaluation, layout, weights, batch, states);
        float[] inferred = Run(compiled, GraphRole.Inference, layout, weights, padded, []);

        Assert.That(evaluated, Has.Length.EqualTo(CompiledModel.Outputs));
        Assert.That(inferred, Is.EqualTo(evaluated).Within(1e-5));
    }

    /// <summary>What the frozen layers give for each example, all of them in one batch.</summary>
    private static float[][] StatesOf(CompiledGraphs compiled, CompiledModel model)
    {
        ParameterLayout layout = compiled.Layout();
        using WeightBuffer weights = new(Device.Default, layout.Length);
        compiled.Load(model.Weights, layout, weights);
        PackedBatch batch = new();
        batch.Fill(model.Examples, [.. Enumerable.Range(0, model.Examples.Length)]);
        CompiledFile file = compiled.Manifest.Find(GraphRole.Frozen)!;
        using GraphSession session = GraphSession.FromBytes(compiled.Graph(GraphRole.Frozen), CompiledModel.Stock);
        using Binding binding = session.CreateBinding();
        Bind(binding, file, layout, weights);
        batch.Bind(binding, file.Inputs.Select(input => input.Name).ToHashSet());
        binding.Run();
        float[] states = binding.Output(PackedInputs.FrozenStates).ToArray();
        int width = states.Length / batch.Tokens, at = 0;
        return [.. model.Examples.Select(example =>
        {
            int length = example.InputIds.Length * width;
            at += length;
            return states[(at - length)..at];
        })];
    }

    private static float[] Run(
        CompiledGraphs compiled, string role, ParameterLayout layout, WeightBuffer weights,
        Dictionary<string, (long[] Values, long[] Shape)> batch, float[] states)
    {
        CompiledFile file = compiled.Manifest.Find(role)!;
        using GraphSession session = GraphSession.FromBytes(compiled.Graph(role), CompiledModel.Stock);
        using Binding binding = session.CreateBinding();
        Bind(binding, file, layout, weights);
        foreach (CompiledValue input in file.Inputs)
        {
            if (input.Name == PackedInputs.FrozenStates)
            {
                int tokens = batch["input_ids"].Values.Length;
                binding.SetInput(input.Name, states, [tokens, states.Length / tokens]);
            }
            else
            {
                binding.SetInput(input.Name, batch[input.Name].Values, batch[input.Name].Shape);
            }
        }

        binding.Run();
        return binding.Output(file.Outputs[0].Name).ToArray();
    }

    /// <summary>Parameters as the graph wants them: stacked, or each tensor by itself.</summary>
    private static void Bind(Binding binding, CompiledFile file, ParameterLayout layout, WeightBuffer weights)
    {
        foreach (string name in file.Parameters)
        {
            (long offset, IReadOnlyList<long> shape) =
                layout.Views.FirstOrDefault(view => view.Name == name) is { } view
                    ? (layout.OffsetOf(view), view.Shape)
                    : layout.Parameters.Where(part => part.Name == name)
                        .Select(part => (layout.OffsetOf(part), part.Shape)).Single();
            binding.BindInput(name, weights, offset, [.. shape]);
        }

        binding.BindOutput(file.Outputs[0].Name);
    }
}
