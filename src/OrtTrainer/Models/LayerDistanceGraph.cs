using OrtTrainer.Graph;
using OrtTrainer.Models.Building;

namespace OrtTrainer.Models;

/// <summary>
/// How far the layers of a student point from those of a teacher (RAIL-KD's layer-wise loss, Haidar et al. 2022).
/// </summary>
internal static class LayerDistanceGraph
{
    // Keeps the gradient finite where a state is all 0; directions of others stay as they are in float32.
    private const float LeastSquare = 1e-12f;

    /// <summary>
    /// The mean over the student's layers but the last of the squared distance of two directions, from 0 to 4 per
    /// example, [B]: of the mapped mean state of the student, and of that of the teacher's layer in its place.
    /// </summary>
    /// <param name="m">The student with its encoder and head built; the maps become its last parameters.</param>
    /// <param name="maps">The sizes of the maps.</param>
    /// <exception cref="ModelException">The student has no layer but the last.</exception>
    public static Value Build(PackedModelBuilder m, LayerMaps maps)
    {
        GraphBuilder g = m.Graph;
        int layers = m.LayerOutputs.Count - 1;
        if (layers < 1)
        {
            throw new ModelException("The student has one layer, and none before it to compare with a teacher's.");
        }

        Value pooling = g.Input(PackedInputs.Pooling, TensorType.Float("batch", "tokens"));
        List<Value> distances = [];
        for (int layer = 0; layer < layers; layer++)
        {
            Value student = g.MatMul(pooling, m.LayerOutputs[layer]);
            Value teacher = g.Input(PackedInputs.TeacherState(layer), TensorType.Float("batch", maps.TeacherWidth));
            Value difference = g.Sub(
                Direction(g, m.Map(LayerMaps.Student(layer), student.Shape[-1].Size, maps.Width, student)),
                Direction(g, m.Map(LayerMaps.Teacher(layer), maps.TeacherWidth, maps.Width, teacher)));
            distances.Add(g.ReduceSum(g.Mul(difference, difference), [1], keepAxes: false));
        }

        return g.Mul(g.Sum(distances), g.Constant(1f / layers));
    }

    private static Value Direction(GraphBuilder g, Value x)
    {
        Value square = g.ReduceSum(g.Mul(x, x), [1], keepAxes: true);
        return g.Div(x, g.Node("Sqrt", [g.Add(square, g.Constant(LeastSquare))]));
    }
}
