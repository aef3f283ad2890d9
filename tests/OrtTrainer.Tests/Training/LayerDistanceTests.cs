using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Methods;
using OrtTrainer.Models;
using OrtTrainer.Tasks;
using OrtTrainer.Teachers;
using OrtTrainer.Training;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Tests.Training;

/// <summary>The distance to a teacher's layers as training graphs compute it.</summary>
public sealed class LayerDistanceTests
{
    private static readonly int[] All = [0, 1, 2, 3, 4, 5, 6];

    [TestCase(0)]
    [TestCase(2)]
    [TestCase(9)]
    public void It_is_the_squared_distance_of_mapped_directions(long step)
    {
        using TinyLayers tiny = new(weight: 0.5f);
        float[] student = StudentStates(tiny);
        int[] drawn = tiny.Targets.Draw.At(step).ToArray();
        double expected = 0;
        foreach (int example in All)
        {
            for (int layer = 0; layer < TinyLayers.Compared; layer++)
            {
                float[] own = student[(((example * (TinyLayers.Compared + 1)) + layer) * 16)..][..16];
                double[] s = Direction(Mapped(tiny, LayerMaps.Student(layer), own));
                double[] t = Direction(
                    Mapped(tiny, LayerMaps.Teacher(layer), tiny.Targets.State(example, drawn[layer]).ToArray()));
                expected += s.Zip(t, (a, b) => (a - b) * (a - b)).Sum() / (All.Length * TinyLayers.Compared);
            }
        }

        LossParts terms = tiny.Run(All, step);

        Assert.That(terms.Intermediate, Is.EqualTo(0.5 * expected).Within(2e-6));
        Assert.That(expected, Is.InRange(0.1, 4));
    }

    [Test]
    public void The_parts_add_up_to_what_is_optimized_bit_for_bit()
    {
        using TinyLayers tiny = new();
        foreach (int step in Enumerable.Range(0, 20))
        {
            LossParts terms = tiny.Run(All.AsSpan(step % 3, 4), step);

            Assert.That(terms.Total, Is.EqualTo(tiny.Loss));
            Assert.That(terms.Labels + terms.Teacher + terms.Penalty + terms.Intermediate, Is.EqualTo(terms.Total));
            Assert.That(new[] { terms.Labels, terms.Teacher, terms.Intermediate }, Has.All.GreaterThan(0));
        }
    }

    [Test]
    public void The_gradient_is_that_of_the_loss_through_the_whole_graph()
    {
        const float Step = 1f / 128;
        using TinyLayers tiny = new(weight: 2);
        int checkedElements = 0;
        foreach (ParameterView view in tiny.Graph.Layout.Views)
        {
            tiny.Run(All, step: 0);
            int element = Enumerable.Range(0, (int)view.Length).MaxBy(i => Math.Abs(tiny.Gradient(view, i)));
            double gradient = tiny.Gradient(view, element);
            double difference = Moved(tiny, view, element, Step) - Moved(tiny, view, element, -Step);

            double tolerance = (2e-3 * Math.Abs(gradient)) + 2e-4;
            Assert.That(gradient, Is.EqualTo(difference / (2 * Step)).Within(tolerance), view.Name);
            checkedElements += Math.Abs(gradient) > 1e-3 ? 1 : 0;
        }

        Assert.That(checkedElements, Is.GreaterThanOrEqualTo(40));
    }

    [Test]
    public void Layers_reach_the_maps_and_what_lies_below_them_alone()
    {
        using TinyLayers tiny = new(weight: 1);
        LossParts with = tiny.Run(All, step: 0);
        Dictionary<string, double> norms = Norms(tiny);
        using TinyLayers without = new(weight: 0);
        LossParts none = without.Run(All, step: 0);
        Dictionary<string, double> plain = Norms(without);

        Assert.That((none.Labels, none.Teacher, none.Intermediate), Is.EqualTo((with.Labels, with.Teacher, 0f)));
        foreach ((string name, double norm) in norms)
        {
            bool above = name.StartsWith("classifier", StringComparison.Ordinal) || name.Contains("pooler")
                || name.Contains("layer.3.");
            Assert.That(norm, above ? Is.EqualTo(plain[name]) : Is.Not.EqualTo(plain[name]), name);
            Assert.That(plain[name] == 0, Is.EqualTo(name.StartsWith("rail.", StringComparison.Ordinal)), name);
        }
    }

    [TestCase("multi_label")]
    [TestCase("regression")]
    public void Where_losses_are_means_over_outputs_the_coefficient_makes_up_for_it(string taskName)
    {
        ModelTask task = ModelTask.Named(taskName);
        using TinyLayers classes = new(weight: 0.5f);
        using TinyLayers others = new(task, weight: 0.5f * TinyLayers.Outputs);

        Assert.That(others.Run(All, 0).Intermediate, Is.EqualTo(classes.Run(All, 0).Intermediate).Within(1e-6));
    }

    [Test]
    public void Maps_lie_behind_the_model_s_own_parameters()
    {
        using TinyLayers tiny = new();
        ParameterLayout own = PackedGraph.Evaluation(tiny.Model.Architecture, new SequenceHead(3)).Layout;

        own.RequireStartOf(tiny.Graph.Layout);

        Assert.That(tiny.Graph.Layout.Views.Skip(own.Views.Count).Select(v => v.Name), Is.EqualTo(
            Enumerable.Range(0, 3).SelectMany(l => new[] { $"rail.student.{l}.weight", $"rail.teacher.{l}.weight" })));
        Assert.That(tiny.Graph.Layout.ParameterCount - own.ParameterCount, Is.EqualTo(3 * 5 * (16 + 6)));
        Assert.That(own.Parameters.Select(own.OffsetOf),
            Is.EqualTo(own.Parameters.Select(tiny.Graph.Layout.OffsetOf)));
        Assert.That(() => tiny.Graph.Layout.RequireStartOf(own), Throws.ArgumentException.With.Message.Contains(
            "'rail.student.0.weight' [5, 16] here and missing in the longer layout"));
    }

    [Test]
    public void A_student_of_one_layer_has_none_to_compare()
    {
        using TinyLayers tiny = new();

        Assert.That(
            () => TrainingGraph.Build(
                Architecture.For(tiny.Model.Architecture.WithLayers([0])), new SequenceHead(3), tiny.Objective),
            Throws.TypeOf<RunException>().With.Message.Contains("The student has one layer"));
    }

    /// <summary>Mean states of the student, [N, layers, 16], by the graph that teachers run.</summary>
    private static float[] StudentStates(TinyLayers tiny)
    {
        using LayerSession session = new(tiny.Model, new() { IntraOpThreads = 1 });
        return session.Run(tiny.Examples, 4096, new Progress<int>(), CancellationToken.None);
    }

    private static double[] Mapped(TinyLayers tiny, string map, float[] state)
    {
        float[][] rows = [.. tiny.Values(map + ".weight").Chunk(state.Length)];
        return [.. rows.Select(row => row.Zip(state, (w, x) => (double)w * x).Sum())];
    }

    private static double[] Direction(double[] x)
    {
        double length = Math.Sqrt(x.Sum(v => v * v));
        return [.. x.Select(v => v / length)];
    }

    private static double Moved(TinyLayers tiny, ParameterView view, int element, float by)
    {
        ref float value = ref tiny.Parameters.Span[(int)tiny.Graph.Layout.OffsetOf(view) + element];
        float before = value;
        value += by;
        double loss = tiny.Run(All, step: 0).Total;
        value = before;
        return loss;
    }

    private static Dictionary<string, double> Norms(TinyLayers tiny) => tiny.Graph.Layout.Views.ToDictionary(
        view => view.Name,
        view => Math.Sqrt(Enumerable.Range(0, (int)view.Length).Sum(i => Math.Pow(tiny.Gradient(view, i), 2))));
}
