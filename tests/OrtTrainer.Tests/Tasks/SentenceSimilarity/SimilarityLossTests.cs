using OrtTrainer.Graph;
using OrtTrainer.Graph.Differentiation;
using OrtTrainer.Models;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks.SentenceSimilarity;
using OrtTrainer.Tests.Runtime;
using OrtTrainer.Training;
using OrtTrainer.Training.Batches;
using OrtTrainer.Training.Loss;
using Plain = OrtTrainer.Tests.Graph.Fused.Reference;

namespace OrtTrainer.Tests.Tasks.SentenceSimilarity;

/// <summary>
/// Losses of a batch of vectors against their formulas in float64, written as sentence-transformers has them, and the
/// gradients by central differences.
/// </summary>
public sealed class SimilarityLossTests
{
    private const int Width = 5;

    [Test]
    public void Each_anchor_is_to_find_its_positive_among_those_of_all() =>
        Check(s => new MultipleNegativesLoss(s), [0, 1, 2, 3, 4, 5], groupSize: 2, scores: null,
            cosines => Mean(
                3, i => CrossEntropy([.. Enumerable.Range(0, 3).Select(j => cosines(2 * i, (2 * j) + 1))], i)));

    [Test]
    public void Negatives_of_all_groups_are_candidates_too() =>
        Check(s => new MultipleNegativesLoss(s), [.. Enumerable.Range(0, 8)], groupSize: 4, scores: null,
            cosines => Mean(
                2, i => CrossEntropy([.. new[] { 1, 5, 2, 3, 6, 7 }.Select(row => cosines(4 * i, row))], i)));

    [Test]
    public void A_text_that_equals_the_positive_or_the_anchor_is_no_negative() =>
        Check(s => new MultipleNegativesLoss(s), [0, 1, 2, 1, 4, 0], groupSize: 2, scores: null,
            cosines => (CrossEntropy([cosines(0, 1)], 0) + CrossEntropy([cosines(2, 3), cosines(2, 5)], 0)
                + CrossEntropy([cosines(4, 5), cosines(4, 1), cosines(4, 3)], 0)) / 3);

    [Test]
    public void Pairs_are_ordered_by_their_scores_and_equal_scores_not_compared() =>
        Check(s => new CosentLoss(s), [.. Enumerable.Range(0, 8)], groupSize: 2, scores: [3, 1, 3, 4.5f],
            cosines => Cosent([3, 1, 3, 4.5], i => cosines(2 * i, (2 * i) + 1)));

    [Test]
    public void Without_different_scores_there_is_nothing_to_order() =>
        Check(s => new CosentLoss(s), [0, 1, 2, 3], groupSize: 2, scores: [2, 2], _ => 0);

    [Test]
    public void The_cosine_is_to_be_the_score() =>
        Check(s => new CosineLoss(s), [0, 1, 2, 3], groupSize: 2, scores: [0.3f, -0.5f],
            cosines => (Math.Pow(cosines(0, 1) - 0.3f, 2) + Math.Pow(cosines(2, 3) + 0.5, 2)) / 2);

    private static void Check(
        Func<TextTargets, SimilarityLoss> make, int[] texts, int groupSize, float[]? scores,
        Func<Func<int, int, double>, double> formula)
    {
        float[]? each = scores is null ? null : [.. texts.Select((_, row) => scores[row / groupSize])];
        SimilarityLoss loss = make(new TextTargets(texts, groupSize, each, Width));
        float[] vectors = Reference.Random(7, texts.Length * Width);
        TrainingObjective objective = new(
            OutputDistribution.Vectors, new ExampleTargets(new TextTargets(texts, groupSize, each, Width)), loss);

        (float value, float[] gradient) = Run(vectors, texts.Length, objective);

        Assert.That(value, Is.EqualTo(Exact([.. vectors])).Within(2e-6));
        Expect.Close(gradient, Plain.Gradient(z => [Exact(z)], [.. vectors], [1]), 2e-6, "gradient");
        double[] plain = [.. vectors];
        Assert.That(loss.Value((a, b) => Cosine(plain, a, b)), Is.EqualTo(Exact(plain)).Within(1e-12), "in float64");

        double Exact(double[] z) => formula((a, b) => Cosine(z, a, b));
    }

    private static double Cosine(double[] vectors, int a, int b)
    {
        double dot = 0, aa = 0, bb = 0;
        for (int i = 0; i < Width; i++)
        {
            (double x, double y) = (vectors[(a * Width) + i], vectors[(b * Width) + i]);
            (dot, aa, bb) = (dot + (x * y), aa + (x * x), bb + (y * y));
        }

        return dot / Math.Sqrt(aa * bb);
    }

    private static double Mean(int count, Func<int, double> of) => Enumerable.Range(0, count).Average(of);

    private static double CrossEntropy(double[] cosines, int target) =>
        Math.Log(cosines.Sum(cosine => Math.Exp(20 * cosine))) - (20 * cosines[target]);

    private static double Cosent(double[] scores, Func<int, double> cosine) => Math.Log(1 + (
        from i in Enumerable.Range(0, scores.Length)
        from j in Enumerable.Range(0, scores.Length)
        where scores[i] < scores[j]
        select Math.Exp(20 * (cosine(i) - cosine(j)))).Sum());

    private static (float Loss, float[] Gradient) Run(float[] vectors, int rows, TrainingObjective objective)
    {
        GraphBuilder g = new("vectors");
        Value z = g.Input("z", TensorType.Float("batch", Width));
        TotalLoss total = TotalLoss.Build(new LossGraph(g, objective.Distribution, z), objective.Terms);
        g.Output(Autodiff.Gradients(g, total.Total, [z])[0], "gradient");
        total.AddOutputs(g);
        int[] all = [.. Enumerable.Range(0, rows)];
        PackedBatch batch = new();
        batch.Fill([.. all.Select(_ => new TokenizedExample([1], [0]))], all, objective);
        using GraphSession session = GraphSession.FromBytes(g.ToBytes(), new ExecutionOptions());
        using Binding binding = session.CreateBinding();
        binding.SetInput("z", vectors, [rows, Width]);
        batch.BindTargets(binding, g.Inputs.Select(input => input.Name).ToHashSet());
        binding.SetInput(PackedInputs.LossScale, [objective.MeanScale(all)], []);
        binding.BindOutput(PackedInputs.Loss);
        binding.BindOutput("gradient");
        binding.Run();
        return (binding.Output(PackedInputs.Loss)[0], binding.Output("gradient").ToArray());
    }
}
