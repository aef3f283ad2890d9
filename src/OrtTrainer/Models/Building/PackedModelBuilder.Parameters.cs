using OrtTrainer.Common;
using OrtTrainer.Graph;

namespace OrtTrainer.Models.Building;

/// <content>The inputs or initializers that parameters are.</content>
internal sealed partial class PackedModelBuilder
{
    private readonly Dictionary<string, int> _viewOfParameter = new(StringComparer.Ordinal);
    private readonly List<ParameterView> _views = [];
    private readonly List<Value> _parameters = [];

    public override Value Parameter(ParameterSpec spec) => Parameter(ParameterView.Of(spec));

    private (Value Gain, Value Bias) Norm(string name, long width, bool hasBias) => (
        Parameter(Gain(name, width)),
        hasBias ? Parameter(Bias(name, width)) : Fixed($"zeros_{width}", () => new float[width]));

    private (Value Weight, Value? Bias) Inner(GatedLayers layers, long width, long innerWidth) =>
        Stacked(layers.Gate.Text + "+up", layers.Inner, [innerWidth, innerWidth], width);

    /// <summary>The layers that make queries, keys and values, or some of them.</summary>
    private (Value Weight, Value? Bias) Stacked(string stem, IReadOnlyList<LinearName> layers, ModelShape shape) =>
        Stacked(stem, layers, OutputsOf(layers, shape), shape.Width);

    /// <summary>Of the layers that make queries, keys and values, or some of them, queries first.</summary>
    private static long[] OutputsOf(IReadOnlyList<LinearName> layers, ModelShape shape) =>
        [.. layers.Select((_, part) => shape.HeadWidth * (long)(part == 0 ? shape.Heads : shape.KeyValueHeads))];

    /// <summary>Weights and biases of layers below each other, as one product takes them.</summary>
    private (Value Weight, Value? Bias) Stacked(
        string stem, IReadOnlyList<LinearName> layers, IReadOnlyList<long> outputs, long inputs) => (
        Parameter(ParameterView.Stack(
            stem + ".weight", [.. layers.Zip(outputs, (name, rows) => Weight(name, rows, inputs))])),
        layers[0].HasBias
            ? Parameter(ParameterView.Stack(stem + ".bias", [.. layers.Zip(outputs, (name, rows) => Bias(name, rows))]))
            : null);

    /// <summary>
    /// The graph's value for a parameter. A name that was used before is the same parameter, so its gradient is the sum
    /// over all uses.
    /// </summary>
    /// <exception cref="RunException">It was used with another shape, or stacked with others.</exception>
    private Value Parameter(ParameterView view)
    {
        if (IsMixed(view))
        {
            return Once(view.Name, () => Graph.Concat(0, [.. view.Parts.Select(Parameter)]));
        }

        if (view.Parts.Select(p => p.Name).FirstOrDefault(_viewOfParameter.ContainsKey) is { } known)
        {
            int index = _viewOfParameter[known];
            return _views[index].Name == view.Name && _views[index].Shape.SequenceEqual(view.Shape)
                ? _parameters[index]
                : throw new RunException(
                    $"The parameter '{known}' is used as {view} after it was used as {_views[index]}; a parameter of " +
                    "one name has one shape.");
        }

        foreach (ParameterSpec part in view.Parts)
        {
            _viewOfParameter.Add(part.Name, _views.Count);
        }

        Value parameter = _stored is null
            ? Graph.Input(view.Name, new TensorType(ElementType.Float, Shape.Of([.. view.Shape])))
            : Graph.Initializer(TensorContent.Float(view.Name, [.. view.Shape], _stored(view)));
        _views.Add(view);
        _parameters.Add(parameter);
        return parameter;
    }
}
