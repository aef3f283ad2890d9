using OrtTrainer.Graph;
using OrtTrainer.Graph.Differentiation;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Models.Building;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks.QuestionAnswering;
using OrtTrainer.Tests.Runtime;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;
using Plain = OrtTrainer.Tests.Graph.Fused.Reference;

namespace OrtTrainer.Tests.Training.Loss;

/// <summary>Losses of distributions over tokens against their formulas in float64, and the gradients by central
/// differences.</summary>
public sealed class PositionLossTests
{
    private static readonly int[] Lengths = [4, 1, 7];
    private static readonly (int Start, int End)[] Spans = [(1, 3), (0, 0), (2, 2)];
    private static readonly long[] Offsets = [0, 4, 5, 12];

    [Test]
    public void Cross_entropy_is_a_mean_over_sequences_and_both_ends() =>
        Check([new LabelLoss()], (p, target) => -Math.Log(p[target]));

    [Test]
    public void A_confidence_penalty_takes_the_entropy_over_the_tokens() =>
        Check([new LabelLoss(), new NegativeEntropy(0.3)],
            (p, target) => -Math.Log(p[target]) + (0.3 * p.Sum(value => value * Math.Log(value))));

    [Test]
    public void Poly_1_takes_what_the_right_token_does_not_have() =>
        Check([new LabelLoss(), new MissLoss(0.7)], (p, target) => -Math.Log(p[target]) + (0.7 * (1 - p[target])));

    private static void Check(LossTerm[] terms, Func<double[], int, double> loss)
    {
        float[] logits = Reference.Random(5, 2 * Lengths.Sum());
        TrainingObjective objective = new(
            OutputDistribution.Positions, new ExampleTargets(new SpanTargets(Spans, Lengths)), terms);

        (float value, float[] gradient) = Run(logits, objective);

        Assert.That(value, Is.EqualTo(Exact([.. logits])).Within(1e-6));
        Expect.Close(gradient, Plain.Gradient(z => [Exact(z)], [.. logits], [1]), 1e-6, "gradient");

        double Exact(double[] z)
        {
            double[] logarithms = Plain.PackedLogSoftmax(z, Offsets, 2);
            double sum = 0;
            for (int sequence = 0; sequence < Lengths.Length; sequence++)
            {
                for (int k = 0; k < 2; k++)
                {
                    double[] p = [.. Enumerable.Range((int)Offsets[sequence], Lengths[sequence])
                        .Select(row => Math.Exp(logarithms[(2 * row) + k]))];
                    sum += loss(p, k == 0 ? Spans[sequence].Start : Spans[sequence].End);
                }
            }

            return sum / (2 * Lengths.Length);
        }
    }

    private static (float Loss, float[] Gradient) Run(float[] logits, TrainingObjective objective)
    {
        GraphBuilder g = new("positions");
        PackedModelBuilder m = new(g, training: false);
        Value z = g.Input("z", TensorType.Float("tokens", 2));
        TotalLoss total = TotalLoss.Build(new LossGraph(g, objective.Distribution, z, m), objective.Terms);
        g.Output(Autodiff.Gradients(g, total.Total, [z])[0], "gradient");
        total.AddOutputs(g);
        PackedBatch batch = new();
        int[] all = [0, 1, 2];
        TokenizedExample[] inputs =
            [.. Lengths.Select(length => new TokenizedExample(new int[length], new int[length]))];
        batch.Fill(inputs, all, objective);
        using GraphSession session = GraphSession.FromBytes(g.ToBytes(), new ExecutionOptions());
        using Binding binding = session.CreateBinding();
        binding.SetInput("z", logits, [Lengths.Sum(), 2]);
        binding.SetInput(PackedInputs.Offsets, batch.Offsets, [batch.Sequences + 1]);
        batch.BindTargets(binding, g.Inputs.Select(input => input.Name).ToHashSet());
        binding.SetInput(PackedInputs.LossScale, [objective.MeanScale(all)], []);
        binding.BindOutput(PackedInputs.Loss);
        binding.BindOutput("gradient");
        binding.Run();
        return (binding.Output(PackedInputs.Loss)[0], binding.Output("gradient").ToArray());
    }
}
