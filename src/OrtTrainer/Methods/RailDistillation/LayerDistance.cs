using OrtTrainer.Common;
using OrtTrainer.Graph;
using OrtTrainer.Models.Building;
using OrtTrainer.Training.Loss;

namespace OrtTrainer.Methods;

/// <summary>
/// How far the layers of a student point from those of a teacher (RAIL-KD's layer-wise loss, Haidar et al. 2022): the
/// mean over the student's layers but the last of the squared distance of two directions, from 0 to 4 per example, of
/// the mapped mean state of the student and of that of the teacher's layer in its place.
/// </summary>
/// <param name="targets">The teacher's layers, and which of them count when.</param>
/// <param name="mapWidth">Values that the states of both are mapped to.</param>
/// <param name="weight">Its share of the loss.</param>
internal sealed class LayerDistance(LayerTargets targets, int mapWidth, double weight) : LossTerm
{
    // Keeps the gradient finite where a state is all 0; directions of others stay as they are in float32.
    private const float LeastSquare = 1e-12f;

    private readonly LayerBatch _layers = new(targets);
    private readonly LossCoefficient _weight = new("intermediate_weight", weight);

    internal override LossPart Part => LossPart.Layers;

    internal override IReadOnlyList<LossInput> Inputs => [_layers, _weight];

    /// <summary>Adds the maps to the model, as its last parameters.</summary>
    /// <exception cref="RunException">The student has no layer but the last.</exception>
    internal override Value Build(LossGraph g)
    {
        GraphBuilder b = g.Builder;
        PackedModelBuilder m = g.Model;
        int layers = m.LayerOutputs.Count - 1;
        if (layers < 1)
        {
            throw new RunException("The student has one layer, and none before it to compare with a teacher's.");
        }

        Value pooling = LayerBatch.Pooling(b);
        List<Value> distances = [];
        for (int layer = 0; layer < layers; layer++)
        {
            Value student = b.MatMul(pooling, m.LayerOutputs[layer]);
            Value teacher = LayerBatch.TeacherState(b, layer, targets.Width);
            Value difference = b.Sub(
                Direction(b, m.Map(LayerMaps.Student(layer), student.Shape[-1].Size, mapWidth, student)),
                Direction(b, m.Map(LayerMaps.Teacher(layer), targets.Width, mapWidth, teacher)));
            distances.Add(b.ReduceSum(b.Mul(difference, difference), [1], keepAxes: false));
        }

        return b.Mul(b.Mul(b.Sum(distances), b.Constant(1f / layers)), _weight.In(g));
    }

    private static Value Direction(GraphBuilder g, Value x)
    {
        Value square = g.ReduceSum(g.Mul(x, x), [1], keepAxes: true);
        return g.Div(x, g.Node("Sqrt", [g.Add(square, g.Constant(LeastSquare))]));
    }
}
