using OrtTrainer.Graph;
using OrtTrainer.Graph.Functions;
using OrtTrainer.Runtime;

namespace OrtTrainer.Benchmarks;

/// <summary>A graph of one product, bound to buffers.</summary>
internal sealed class ProductSession : IDisposable
{
    private readonly GraphSession _session;
    private readonly Binding _binding;
    private readonly List<WeightBuffer> _buffers = [];

    public ProductSession(
        string op, Precision precision, int rows, int inputs, int outputs, int threads, bool useKernels)
    {
        long[] x = [rows, inputs], w = [outputs, inputs], y = [rows, outputs];
        (long[] left, long[] right, long[] result) = op switch
        {
            "Linear" => (x, w, y),
            "LinearInputGrad" => (y, w, x),
            _ => (y, x, w),
        };
        string name = (op == "Linear" ? "LinearWithoutBias" : op)
            + (precision == Precision.Fp32 ? "" : precision.ToString());
        GraphBuilder g = new("product");
        Value a = g.Input("a", new TensorType(ElementType.Float, Shape.Of(left)));
        Value b = g.Input("b", new TensorType(ElementType.Float, Shape.Of(right)));
        g.Output(g.NodeOutputs(FunctionDefinition.Domain, name, [a, b])[0], "c");
        _session = GraphSession.FromBytes(
            g.ToBytes(), new ExecutionOptions
            {
                IntraOpThreads = threads,
                UseKernels = useKernels,

                // A session that waits must not take a core from the one that is timed.
                SpinWhileIdle = false,
            });
        _binding = _session.CreateBinding();
        _binding.BindInput("a", Filled(left), 0, left);
        _binding.BindInput("b", Filled(right), 0, right);
        _binding.BindOutput("c", Filled(result), 0, result);
    }

    /// <summary>Whether a kernel runs it.</summary>
    public bool HasKernel => _session.Kernels.Count > 0;

    public void Run() => _binding.Run();

    public void Dispose()
    {
        _binding.Dispose();
        _session.Dispose();
        foreach (WeightBuffer buffer in _buffers)
        {
            buffer.Dispose();
        }
    }

    private WeightBuffer Filled(long[] shape)
    {
        WeightBuffer buffer = new(Device.Default, shape[0] * shape[1]);
        _buffers.Add(buffer);
        buffer.Write(0, (int)buffer.Length, values =>
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = ((i * 7919L % 2003) / 1001f) - 1;
            }
        });
        return buffer;
    }
}
