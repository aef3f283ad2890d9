using OrtTrainer.Graph;
using OrtTrainer.Runtime;
using OrtTrainer.Runtime.Cpu.Kernels;
using OrtTrainer.Tests.Runtime.Products;

namespace OrtTrainer.Tests.Runtime;

/// <summary>Linear layers whose weight is stored in the graph, and packed once.</summary>
public sealed class ConstantWeightTests
{
    // No whole panel of either, and a depth that is odd.
    private const int Inputs = 37, Outputs = 75;

    private static readonly int[] RowCounts = [0, 1, 2, 5, 6, 7, 8, 9, 10, 11, 12, 13, 19, 25, 150];

    [Test]
    public void A_stored_weight_gives_the_bits_of_one_that_is_an_input(
        [ProcessorPrecisions] Precision precision, [Values] bool hasBias, [Values(1, 2)] int threads)
    {
        if (precision == Precision.Bf16 && !ProductKernels.BFloat16IsSupported)
        {
            Assert.Ignore("This processor has no products of bfloat16.");
        }

        ExecutionOptions execution = new() { IntraOpThreads = threads };
        using Layer stored = new(precision, hasBias, isStored: true, execution);
        using Layer given = new(precision, hasBias, isStored: false, execution);
        foreach (int rows in RowCounts)
        {
            float[] x = Numbers(rows * Inputs, rows + 3);
            float[] y = stored.Run(x, rows);

            Assert.That(y, Is.EqualTo(given.Run(x, rows)), $"{rows} rows");
            Expect.Close(y, Expected(x, rows, hasBias), precision == Precision.Fp32 ? 1e-6 : 0.02, $"{rows} rows");

            // Nothing of the run before is left in what is kept.
            Assert.That(stored.Run(x, rows), Is.EqualTo(y));
        }
    }

    private static double[] Expected(float[] x, int rows, bool hasBias)
    {
        (float[] w, float[] b) = (Numbers(Outputs * Inputs, 1), Numbers(Outputs, 2));
        double[] y = new double[rows * Outputs];
        for (int i = 0; i < y.Length; i++)
        {
            (int row, int output) = (i / Outputs, i % Outputs);
            y[i] = hasBias ? b[output] : 0;
            for (int k = 0; k < Inputs; k++)
            {
                y[i] += (double)x[(row * Inputs) + k] * w[(output * Inputs) + k];
            }
        }

        return y;
    }

    private static float[] Numbers(int count, int seed) =>
        [.. Enumerable.Range(0, count).Select(i => MathF.Sin((i * 0.7f) + seed))];

    /// <summary>A graph of one layer.</summary>
    private sealed class Layer : IDisposable
    {
        private readonly GraphSession _session;
        private readonly Binding _binding;

        public Layer(Precision precision, bool hasBias, bool isStored, ExecutionOptions execution)
        {
            GraphBuilder g = new("layer");
            Value x = g.Input("x", TensorType.Float("rows", Inputs));
            Value Parameter(string name, float[] values, params long[] shape) => isStored
                ? g.Initializer(TensorContent.Float(name, shape, values))
                : g.Input(name, new TensorType(ElementType.Float, Shape.Of(shape)));
            (float[] weight, float[] bias) = (Numbers(Outputs * Inputs, 1), Numbers(Outputs, 2));
            Value w = Parameter("w", weight, Outputs, Inputs);
            Value? b = hasBias ? Parameter("b", bias, Outputs) : null;
            g.Output(g.Linear(x, w, b, precision), "y");
            _session = GraphSession.FromBytes(g.ToBytes(), execution);
            _binding = _session.CreateBinding();
            _binding.BindOutput("y");
            if (!isStored)
            {
                _binding.SetInput("w", weight, [Outputs, Inputs]);
                if (hasBias)
                {
                    _binding.SetInput("b", bias, [Outputs]);
                }
            }
        }

        public float[] Run(float[] x, int rows)
        {
            _binding.SetInput("x", x, [rows, Inputs]);
            _binding.Run();
            return _binding.Output("y").ToArray();
        }

        public void Dispose()
        {
            _binding.Dispose();
            _session.Dispose();
        }
    }
}
