using OrtTrainer.Graph;
using static OrtTrainer.Tests.Graph.Fused.BodyRun;

namespace OrtTrainer.Tests.Graph.Fused;

/// <summary>The values of function bodies of losses, and of sums over rows.</summary>
internal static class LossBodies
{
    /// <summary>A check by function.</summary>
    public static IReadOnlyDictionary<string, Action> Checks { get; } = new Dictionary<string, Action>
    {
        ["PackedLogSoftmax"] = () => LogSoftmax(gradient: false),
        ["PackedLogSoftmaxGrad"] = () => LogSoftmax(gradient: true),
        ["SoftmaxCrossEntropy"] = () => CrossEntropy(ofIds: false, gradient: false),
        ["SoftmaxCrossEntropyGrad"] = () => CrossEntropy(ofIds: false, gradient: true),
        ["IdCrossEntropy"] = () => CrossEntropy(ofIds: true, gradient: false),
        ["IdCrossEntropyGrad"] = () => CrossEntropy(ofIds: true, gradient: true),
        ["ColumnSum"] = ColumnSum,
        ["GatherGrad"] = GatherGrad,
    };

    private static void LogSoftmax(bool gradient)
    {
        const int Columns = 2;
        long[] offsets = [0, 3, 4, 9];
        float[] x = Draw(9 * Columns, 1);
        float[] dy = Draw(9 * Columns, 2);
        FunctionRun.Tensor starts = FunctionRun.Integers(offsets, offsets.Length);
        double[] y = Reference.PackedLogSoftmax(Wide(x), offsets, Columns);
        if (gradient)
        {
            AssertClose(
                Run("PackedLogSoftmaxGrad", AttributeList.Empty, FunctionRun.Floats(dy, 9, Columns),
                    FunctionRun.Floats(Narrow(y), 9, Columns), starts)[0],
                Reference.Gradient(v => Reference.PackedLogSoftmax(v, offsets, Columns), Wide(x), Wide(dy)));
            return;
        }

        AssertClose(Run("PackedLogSoftmax", AttributeList.Empty, FunctionRun.Floats(x, 9, Columns), starts)[0], y);
    }

    private static void CrossEntropy(bool ofIds, bool gradient)
    {
        const int Rows = 5, Classes = 7;
        const float Scale = 0.6f, Label = 0.8f, All = 0.03f;
        float[] x = [.. Draw(Rows * Classes, 1).Select(v => 4 * v)], targets = Draw(Rows * Classes, 2);
        float[] dloss = Draw(Rows, 3);
        long[] ids = [3, 0, 6, 3, 1];
        double Target(int row, int k) =>
            !ofIds ? targets[(row * Classes) + k] : All + (ids[row] == k ? Label : 0);
        double Sum(double[] v, int row) => Enumerable.Range(0, Classes)
            .Sum(k => Math.Exp((v[(row * Classes) + k] * Scale) - Top(v, row)));
        double Top(double[] v, int row) => Scale * v[(row * Classes)..((row + 1) * Classes)].Max();
        double[] Loss(double[] v) => [.. Enumerable.Range(0, Rows).Select(row => Enumerable.Range(0, Classes).Sum(k =>
            Target(row, k) * (Math.Log(Sum(v, row)) + Top(v, row) - (v[(row * Classes) + k] * Scale))))];
        double[] top = [.. Enumerable.Range(0, Rows).Select(row => Top(Wide(x), row))];
        double[] logsum = [.. Enumerable.Range(0, Rows).Select(row => Math.Log(Sum(Wide(x), row)))];
        string name = ofIds ? "IdCrossEntropy" : "SoftmaxCrossEntropy";
        FunctionRun.Tensor[] inputs =
        [
            FunctionRun.Floats(x, Rows, Classes),
            .. ofIds
                ? [FunctionRun.Integers(ids, Rows, 1), FunctionRun.Floats([Scale]), FunctionRun.Floats([Label]),
                    FunctionRun.Floats([All])]
                : new[] { FunctionRun.Floats(targets, Rows, Classes), FunctionRun.Floats([Scale]) },
        ];
        if (gradient)
        {
            AssertClose(
                Run(name + "Grad", AttributeList.Empty,
                    [
                        FunctionRun.Floats(dloss, Rows), .. inputs, FunctionRun.Floats(Narrow(top), Rows),
                        FunctionRun.Floats(Narrow(logsum), Rows),
                    ])[0],
                Reference.Gradient(Loss, Wide(x), Wide(dloss)));
            return;
        }

        float[][] outputs = Run(name, AttributeList.Empty, inputs);
        AssertClose(outputs[0], Loss(Wide(x)));
        AssertClose(outputs[1], top);
        AssertClose(outputs[2], logsum);
    }

    private static void ColumnSum()
    {
        float[] x = Draw(21, 1);
        AssertClose(Run("ColumnSum", AttributeList.Empty, FunctionRun.Floats(x, 3, 7))[0],
            [.. Enumerable.Range(0, 7).Select(j => (double)x[j] + x[7 + j] + x[14 + j])]);
    }

    private static void GatherGrad()
    {
        float[] dy = Draw(8, 1);
        long[] rows = [2, 0, 2, 2];
        double[] expected = new double[6];
        for (int i = 0; i < dy.Length; i++)
        {
            expected[(rows[i / 2] * 2) + (i % 2)] += dy[i];
        }

        AssertClose(Run("GatherGrad", AttributeList.Empty, FunctionRun.Floats(dy, 4, 2), FunctionRun.Integers(rows, 4),
            FunctionRun.Integers([3, 2], 2))[0], expected);
    }
}
