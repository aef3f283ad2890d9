using OrtTrainer.Graph;
using OrtTrainer.Graph.Operators.Fused;

namespace OrtTrainer.Tests.Runtime.Products;

/// <summary>
/// Linear layers and their gradients about the sizes of tiles, blocks and chunks, against products in float64 of
/// operands that are rounded here.
/// </summary>
public sealed class LinearProductTests
{
    private static readonly int[] Columns = [1, 2, 31, 32, 33, 65];

    [Test]
    public void Layers_and_gradients_are_the_products_of_their_definition(
        [ProcessorPrecisions] Precision precision, [Values(0, 1, 11, 12, 13, 143, 144, 145, 289)] int rows,
        [Values(1, 2, 3, 191, 192, 193, 385, 777)] int depth)
    {
        Precisions.RequireLinear(precision);
        string suffix = Operands.Suffix(precision);

        // Half of the numbers of columns with each number of rows and each depth.
        foreach (int columns in Columns.Where((_, i) => (i + rows + (depth / 2)) % 2 == 0))
        {
            float[] x = Reference.Random(1, rows * depth), w = Reference.Random(2, columns * depth);
            float[] b = Reference.Random(3, columns), dy = Reference.Random(4, rows * columns);
            Matrix left = new(x, rows, depth, precision), weight = new(w, columns, depth, precision);
            Matrix upper = new(dy, rows, columns, precision);

            Close(
                new KernelRun("Linear" + suffix)
                    .With(x, rows, depth).With(w, columns, depth).With(b, columns).Single(),
                left, weight.Turned, b);
            Close(
                new KernelRun("LinearInputGrad" + suffix)
                    .With(dy, rows, columns).With(w, columns, depth).Single(),
                upper, weight, null);
            Close(
                new KernelRun("LinearWeightGrad" + suffix)
                    .With(dy, rows, columns).With(x, rows, depth).Single(),
                upper.Turned, left, null);
            ClosesAll(suffix, dy, x, w, upper, left, weight);
        }
    }

    // The layer is linear in x and in w, so that each gradient is its adjoint: exact where operands have 8 bits.
    [Test]
    public void Gradients_are_the_adjoints_of_the_layer([ProcessorPrecisions] Precision precision)
    {
        Precisions.RequireLinear(precision);
        const int Rows = 37, Inputs = 29, Outputs = 43;
        string suffix = Operands.Suffix(precision);
        float[] x = Short(1, Rows * Inputs), w = Short(2, Outputs * Inputs), dy = Short(3, Rows * Outputs);

        float[] y = new KernelRun("LinearWithoutBias" + suffix).With(x, Rows, Inputs).With(w, Outputs, Inputs).Single();
        float[] dx = new KernelRun("LinearInputGrad" + suffix)
            .With(dy, Rows, Outputs).With(w, Outputs, Inputs).Single();
        float[] dw = new KernelRun("LinearWeightGrad" + suffix).With(dy, Rows, Outputs).With(x, Rows, Inputs).Single();

        double loss = Dot(y, dy), size = y.Zip(dy, (a, b) => Math.Abs((double)a * b)).Sum();
        Assert.That(Dot(dx, x), Is.EqualTo(loss).Within(1e-6 * size));
        Assert.That(Dot(dw, w), Is.EqualTo(loss).Within(1e-6 * size));
    }

    // The kernel of all gradients at once: the products above, and the sums of rows that are not rounded.
    private static void ClosesAll(
        string suffix, float[] dy, float[] x, float[] w, Matrix upper, Matrix left, Matrix weight)
    {
        KernelRun Of(string op) => new KernelRun(op + suffix).With(dy, upper.Rows, upper.Columns)
            .With(x, left.Rows, left.Columns).With(w, weight.Rows, weight.Columns);
        float[][] gradients = Of("LinearGrad").Outputs(3);
        Close(gradients[0], upper, weight, null);
        Close(gradients[1], upper.Turned, left, null);
        Close(
            gradients[2], new([.. Enumerable.Repeat(1f, upper.Rows)], 1, upper.Rows, Precision.Fp32),
            new(dy, upper.Rows, upper.Columns, Precision.Fp32), null);
        Assert.That(Of("LinearWithoutBiasGrad").Outputs(2), Is.EqualTo(gradients[..2]));
    }

    private static float[] Short(int seed, int length) =>
        [.. Reference.Random(seed, length).Select(v => (float)BFloat16Reference.Nearest(v))];

    private static double Dot(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();

    private static void Close(float[] actual, Matrix a, Matrix b, float[]? bias)
    {
        Assert.That(actual, Has.Length.EqualTo(a.Rows * b.Columns));
        for (int i = 0; i < a.Rows; i++)
        {
            for (int j = 0; j < b.Columns; j++)
            {
                double sum = bias?[j] ?? 0, size = Math.Abs(sum);
                for (int k = 0; k < a.Columns; k++)
                {
                    double product = a[i, k] * b[k, j];
                    sum += product;
                    size += Math.Abs(product);
                }

                // A rounding to 24 bits per addition, of what is at most the sum of magnitudes.
                float value = actual[(i * b.Columns) + j];
                if (!(Math.Abs(value - sum) <= (a.Columns + 4) * Math.ScaleB(size, -24)))
                {
                    Assert.Fail($"[{i}, {j}] of [{a.Rows}, {a.Columns}] by [{b.Rows}, {b.Columns}] is {value}; "
                        + $"expected {sum}.");
                }
            }
        }
    }

    /// <summary>A matrix whose elements are rounded.</summary>
    private sealed class Matrix
    {
        private readonly double[] _values;
        private readonly int _row, _column;

        public Matrix(float[] values, int rows, int columns, Precision precision)
            : this([.. values.Select(v => precision == Precision.Fp32 ? v : BFloat16Reference.Nearest(v))],
                rows, columns, columns, 1)
        {
        }

        private Matrix(double[] values, int rows, int columns, int row, int column) =>
            (_values, Rows, Columns, _row, _column) = (values, rows, columns, row, column);

        public int Rows { get; }

        public int Columns { get; }

        public Matrix Turned => new(_values, Columns, Rows, _column, _row);

        public double this[int row, int column] => _values[(row * _row) + (column * _column)];
    }
}
