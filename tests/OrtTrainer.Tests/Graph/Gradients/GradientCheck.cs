using OrtTrainer.Graph;
using OrtTrainer.Graph.Differentiation;
using OrtTrainer.Runtime;

namespace OrtTrainer.Tests.Graph.Gradients;

/// <summary>
/// Compares the gradients that autodiff builds with central differences of the same graph on ONNX Runtime. The loss is
/// the sum of the outputs with fixed random weights.
/// </summary>
/// <remarks>
/// The difference quotient of four points, (8 (f(h) - f(-h)) - (f(2h) - f(-2h))) / 12h, has an error of order h⁴: about
/// 1e-7 at h = 1/128 for the functions here. What remains is rounding of the float outputs, 6e-8 / h or 8e-6 per output
/// of size 1; the sum over outputs is done in double. So 2e-4 of the largest gradient (of 1 where all are smaller)
/// leaves room.
/// </remarks>
internal sealed class GradientCheck : IDisposable
{
    private const float Step = 1f / 128;

    private readonly GraphBuilder _graph = new("check");
    private readonly CaseInputs _inputs;
    private readonly List<float[]> _weights = [];
    private readonly int _outputs;
    private readonly double _tolerance;
    private readonly GraphSession _session;
    private readonly Binding _binding;

    public GradientCheck(GradientCase check)
    {
        _inputs = new CaseInputs(_graph);
        IReadOnlyList<Value> outputs = check.Build(_inputs);
        Assert.That(_graph.Nodes.Any(n => n.Operator.Type == check.Operator && n.Operator.Domain == check.Domain),
            $"the case {check} does not use the operator");
        _outputs = outputs.Count;
        _tolerance = check.Tolerance;
        Value[] terms = [.. outputs.Select(Weighted)];
        Value loss = _graph.Sum(terms);
        IReadOnlyList<Value> gradients = Autodiff.Gradients(_graph, loss, [.. _inputs.Parameters.Select(p => p.Value)]);
        for (int i = 0; i < outputs.Count; i++)
        {
            _graph.Output((_inputs.Smooth ?? outputs)[i], $"y{i}");
        }

        for (int i = 0; i < gradients.Count; i++)
        {
            _graph.Output(gradients[i], $"d{i}");
        }

        _session = GraphSession.FromBytes(
            _graph.ToBytes(), new ExecutionOptions { UseKernels = false, IntraOpThreads = 1 }, check.ToString());
        _binding = _session.CreateBinding();
        foreach ((Value value, long[] data, long[] sizes) in _inputs.Given)
        {
            _binding.SetInput(value.Name, data, sizes);
        }

        foreach (GraphValue output in _session.Outputs)
        {
            _binding.BindOutput(output.Name);
        }
    }

    /// <summary>Compares every element of every gradient; gives their number.</summary>
    public int Run()
    {
        int compared = 0;
        SetParameters();
        _ = Loss();
        float[][] gradients = [.. _inputs.Parameters.Select((_, i) => _binding.Output($"d{i}").ToArray())];
        for (int p = 0; p < gradients.Length; p++)
        {
            (Value value, float[] data, long[] sizes) = _inputs.Parameters[p];
            Assert.That(gradients[p], Has.Length.EqualTo(data.Length), value.Name);
            double scale = Math.Max(1, gradients[p].Max(Math.Abs));
            Assert.That(gradients[p].Max(Math.Abs), Is.GreaterThan(1e-3f), $"the gradient of {value} is zero");
            for (int i = 0; i < data.Length; i++)
            {
                Assert.That(gradients[p][i], Is.EqualTo(Quotient(value, data, sizes, i)).Within(_tolerance * scale),
                    $"element {i} of {value}");
                compared++;
            }
        }

        return compared;
    }

    public void Dispose()
    {
        _binding.Dispose();
        _session.Dispose();
    }

    private double Quotient(Value value, float[] data, long[] sizes, int element)
    {
        double At(int steps)
        {
            float[] moved = [.. data];
            moved[element] += steps * Step;
            _binding.SetInput(value.Name, moved, sizes);
            return Loss();
        }

        double quotient = ((8 * (At(1) - At(-1))) - (At(2) - At(-2))) / (12 * Step);
        _binding.SetInput(value.Name, data, sizes);
        return quotient;
    }

    private double Loss()
    {
        _binding.Run();
        double loss = 0;
        for (int i = 0; i < _outputs; i++)
        {
            ReadOnlySpan<float> y = _binding.Output($"y{i}");
            for (int j = 0; j < y.Length; j++)
            {
                loss += (double)_weights[i][j] * y[j];
            }
        }

        return loss;
    }

    private void SetParameters()
    {
        foreach ((Value value, float[] data, long[] sizes) in _inputs.Parameters)
        {
            _binding.SetInput(value.Name, data, sizes);
        }
    }

    /// <summary>
    /// The sum of weights times y, with the first of 1024 weights, since named sizes are not known while building.
    /// </summary>
    private Value Weighted(Value y)
    {
        Random random = new(_weights.Count + 1);
        float[] weights = [.. Enumerable.Range(0, 1024).Select(_ => random.NextSingle() - 0.5f)];
        _weights.Add(weights);
        Value stored = _graph.Initializer(TensorContent.Float($"weights{_weights.Count}", [1024], weights));
        Value flat = _graph.Reshape(y, -1);
        Value used = _graph.Node("Slice", [stored, _graph.Constant([0]), _graph.ShapeOf(flat), _graph.Constant([0])]);
        return _graph.ReduceSum(_graph.Mul(flat, used), [0], keepAxes: false);
    }
}
