using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Artifacts;
using OrtTrainer.Graph.Onnx;

namespace OrtTrainer.Tests.OnDevice;

/// <summary>
/// A training session by the description of ONNX Runtime's: it runs the training model, whose accumulation it does
/// itself, and steps by the formulas of the optimizer model's operators, in float64. With
/// <see cref="ConstantGradient"/> the model is not run: the loss is 0.5 and every gradient 1.
/// </summary>
internal sealed class StandInSession : IDisposable
{
    /// <summary>The environment variable that asks for constant gradients.</summary>
    public const string ConstantGradient = "STAND_IN_CONSTANT_GRADIENT";

    private readonly StandInCheckpoint _checkpoint;
    private readonly StandInParameter[] _parameters;
    private readonly Dictionary<string, float[]> _gradients = [];
    private readonly (string Parameter, string Gradient)[] _accumulated;
    private readonly InferenceSession? _model;
    private readonly GraphProto _optimizer;
    private bool _overwrites = true;

    public StandInSession(StandInCheckpoint checkpoint, string trainingModel, string optimizerModel)
    {
        _checkpoint = checkpoint;
        ModelProto model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(trainingModel));
        _optimizer = ModelProto.Parser.ParseFrom(File.ReadAllBytes(optimizerModel)).Graph;
        Dictionary<string, StandInParameter> known = checkpoint.Parameters.ToDictionary(p => p.Name);
        string[] inputs = [.. model.Graph.Input.Select(input => input.Name)];
        _parameters = [.. inputs.Where(known.ContainsKey).Select(name => known[name])];
        Inputs =
        [
            .. inputs.Where(name => !known.ContainsKey(name) && name != ArtifactInputs.LazyResetGradients
                && !name.EndsWith("_grad.accumulation.buffer", StringComparison.Ordinal)),
        ];
        _accumulated =
        [
            .. model.Graph.Node.Where(node => node.OpType == "InPlaceAccumulatorV2").Select(node => (
                node.Input[0][..^"_grad.accumulation.buffer".Length], node.Input[1])),
        ];
        Assert.That(
            _accumulated.Select(pair => pair.Parameter),
            Is.EquivalentTo(_parameters.Where(p => p.Trainable).Select(p => p.Name)));
        if (Environment.GetEnvironmentVariable(ConstantGradient) is null)
        {
            _model = Open(model);
        }
    }

    public IReadOnlyList<string> Inputs { get; }

    public float Rate { get; set; } = 1e-3f;

    public IEnumerable<StandInParameter> Parameters(bool trainableOnly) =>
        _parameters.Where(p => p.Trainable || !trainableOnly);

    public float TrainStep(IReadOnlyList<StandInValue> inputs)
    {
        if (_model is null)
        {
            foreach ((string name, _) in _accumulated)
            {
                Add(name, Enumerable.Repeat(1f, _parameters.Single(p => p.Name == name).Values.Length).ToArray());
            }

            _overwrites = false;
            return 0.5f;
        }

        Dictionary<string, OrtValue> given = [];
        foreach ((string name, StandInValue value) in Inputs.Zip(inputs))
        {
            given.Add(name, value.Type == (int)TensorProto.Types.DataType.Int64
                ? OrtValue.CreateTensorValueFromMemory(value.Integers.ToArray(), value.Shape)
                : OrtValue.CreateTensorValueFromMemory(value.Floats.ToArray(), value.Shape));
        }

        foreach (StandInParameter parameter in _parameters)
        {
            given.Add(parameter.Name, OrtValue.CreateTensorValueFromMemory(parameter.Values, parameter.Shape));
        }

        using RunOptions run = new();
        string[] outputs = [ArtifactInputs.Loss, .. _accumulated.Select(pair => pair.Gradient)];
        using IDisposableReadOnlyCollection<OrtValue> results = _model.Run(
            run, given.Where(pair => _model.InputNames.Contains(pair.Key)).ToDictionary(), outputs);
        for (int i = 0; i < _accumulated.Length; i++)
        {
            Add(_accumulated[i].Parameter, results[i + 1].GetTensorDataAsSpan<float>().ToArray());
        }

        _overwrites = false;
        float loss = results[0].GetTensorDataAsSpan<float>()[0];
        foreach (OrtValue value in given.Values)
        {
            value.Dispose();
        }

        return loss;
    }

    public void LazyResetGrad() => _overwrites = true;

    public void OptimizerStep()
    {
        if (_optimizer.Node.FirstOrDefault(node => node.OpType == "InplaceClipGradNorm") is { } clip)
        {
            double norm = Math.Sqrt(_gradients.Values.Sum(gradient => gradient.Sum(g => (double)g * g)));
            double factor = Math.Min(1, Attribute(clip, "max_norm") / (norm + 1e-6));
            foreach (float[] gradient in _gradients.Values)
            {
                Change(gradient, (i, g) => g * factor);
            }
        }

        NodeProto step = _optimizer.Node.Last();
        _checkpoint.Step++;
        foreach (StandInParameter parameter in _parameters.Where(p => p.Trainable))
        {
            if (step.OpType == "SGDOptimizerV2")
            {
                parameter.Moments = [parameter.Moments.FirstOrDefault() ?? new float[parameter.Values.Length]];
                float[] gradient = _gradients[parameter.Name];
                Change(parameter.Values, (i, w) => w - (Rate * gradient[i]));
            }
            else
            {
                AdamW(step, parameter, _gradients[parameter.Name]);
            }
        }
    }

    public void Dispose() => _model?.Dispose();

    /// <summary>PyTorch's form: adam_mode 0.</summary>
    private void AdamW(NodeProto node, StandInParameter parameter, float[] gradient)
    {
        Assert.That(node.OpType, Is.EqualTo("AdamWOptimizer"));
        Assert.That(node.Attribute.Single(a => a.Name == "adam_mode").I, Is.Zero);
        (double beta1, double beta2) = (Attribute(node, "alpha"), Attribute(node, "beta"));
        (double epsilon, double decay) = (Attribute(node, "epsilon"), Attribute(node, "weight_decay"));
        if (parameter.Moments.Length == 0)
        {
            parameter.Moments = [new float[gradient.Length], new float[gradient.Length]];
        }

        (float[] m, float[] v) = (parameter.Moments[0], parameter.Moments[1]);
        double corrected1 = 1 - Math.Pow(beta1, _checkpoint.Step), corrected2 = 1 - Math.Pow(beta2, _checkpoint.Step);
        Change(m, (i, old) => (beta1 * old) + ((1 - beta1) * gradient[i]));
        Change(v, (i, old) => (beta2 * old) + ((1 - beta2) * gradient[i] * gradient[i]));
        Change(parameter.Values, (i, w) => w - (Rate * decay * w)
            - (Rate * m[i] / (corrected1 * (Math.Sqrt(v[i] / corrected2) + epsilon))));
    }

    private void Add(string name, float[] gradient)
    {
        if (_overwrites || !_gradients.TryGetValue(name, out float[]? sum))
        {
            _gradients[name] = gradient;
            return;
        }

        Change(sum, (i, old) => old + gradient[i]);
    }

    /// <summary>The training model with gradients in place of what adds them up.</summary>
    private static InferenceSession Open(ModelProto model)
    {
        ModelProto plain = model.Clone();
        Dictionary<string, ValueInfoProto> inputs = plain.Graph.Input.ToDictionary(input => input.Name);
        ValueInfoProto loss = plain.Graph.Output[0];
        plain.Graph.Output.Clear();
        plain.Graph.Output.Add(loss);
        foreach (NodeProto node in plain.Graph.Node.Where(node => node.OpType == "InPlaceAccumulatorV2").ToArray())
        {
            plain.Graph.Output.Add(new ValueInfoProto { Name = node.Input[1], Type = inputs[node.Input[0]].Type });
            plain.Graph.Node.Remove(node);
        }

        ValueInfoProto[] kept =
        [
            .. plain.Graph.Input.Where(input => input.Name != ArtifactInputs.LazyResetGradients
                && !input.Name.EndsWith("_grad.accumulation.buffer", StringComparison.Ordinal)),
        ];
        plain.Graph.Input.Clear();
        plain.Graph.Input.AddRange(kept);
        using SessionOptions options = new() { IntraOpNumThreads = 1 };
        return new InferenceSession(plain.ToByteArray(), options);
    }

    private static double Attribute(NodeProto node, string name) => node.Attribute.Single(a => a.Name == name).F;

    private static void Change(float[] values, Func<int, float, double> change)
    {
        for (int i = 0; i < values.Length; i++)
        {
            values[i] = (float)change(i, values[i]);
        }
    }
}
